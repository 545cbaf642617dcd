package dev.lockstep.nn.torch;

import dev.lockstep.nn.io.SafeTensorsReader;
import dev.lockstep.nn.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tensors of a file by module, and what is to become of them. */
final class TorchModules {
    /** A module's name, and the level of a stacked recurrent module. */
    private static final Pattern NAME = Pattern.compile("(.+?)(?::(\\d{1,4}))?");
    /** A counter of batch norm's that no prediction needs. */
    private static final String COUNTER = ".num_batches_tracked";

    private final Map<String, Shape> shapes;
    private final Map<String, String> names;
    private final Set<String> layers = new LinkedHashSet<>();
    private final Set<String> modules = new LinkedHashSet<>();
    private final Map<String, Consumer<float[]>> places = new LinkedHashMap<>();

    /**
     * A layer's module.
     *
     * @param layer the layer's name, for messages
     * @param name the module's
     * @param level of a stacked recurrent module, from 0
     */
    record Module(String layer, String name, int level) {
        String tensor(String tensor) {
            return name + "." + tensor;
        }
    }

    TorchModules(Map<String, Shape> shapes, Map<String, String> names) {
        this.shapes = shapes;
        this.names = Map.copyOf(names);
    }

    /** The module of a layer that has numbers. */
    Module module(String layer) {
        layers.add(layer);
        String given = names.getOrDefault(layer, layer);
        Matcher matcher = NAME.matcher(given);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(layer + ": expected the name of a module, got \"" + given + "\"");
        }
        int level = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
        modules.add(matcher.group(1));
        return new Module(layer, matcher.group(1), level);
    }

    /** Whether the file has a tensor of a module. */
    boolean has(Module module, String tensor) {
        return shapes.containsKey(module.tensor(tensor));
    }

    /**
     * Says where the numbers of a tensor go.
     *
     * @param shape what the layer expects
     * @throws IllegalArgumentException if the file has no such tensor, or one of another shape
     */
    void put(Module module, String tensor, Shape shape, Consumer<float[]> place) {
        String name = module.tensor(tensor);
        Shape found = shapes.get(name);
        if (found == null) {
            throw new IllegalArgumentException(module.layer() + ": the file has no tensor \"" + name
                    + "\"; expected the layer's module under names, one of " + known());
        }
        if (!found.equals(shape)) {
            throw new IllegalArgumentException(
                    module.layer() + ": expected " + shape + " for tensor \"" + name + "\", got " + found);
        }
        places.merge(name, place, Consumer::andThen);
    }

    private Set<String> known() {
        Set<String> known = new TreeSet<>();
        for (String tensor : shapes.keySet()) {
            int end = tensor.lastIndexOf('.');
            known.add(end < 0 ? tensor : tensor.substring(0, end));
        }
        return known;
    }

    /**
     * Tensors that no layer takes.
     *
     * @throws IllegalArgumentException if one of them is of a module that a layer was, or a name is of no layer
     */
    List<String> unused() {
        for (String layer : names.keySet()) {
            if (!layers.contains(layer)) {
                throw new IllegalArgumentException(
                        "names: \"" + layer + "\" is no layer with numbers; expected one of " + layers);
            }
        }
        List<String> unused = new ArrayList<>();
        for (String tensor : shapes.keySet()) {
            if (places.containsKey(tensor) || tensor.endsWith(COUNTER)) {
                continue;
            }
            int end = tensor.lastIndexOf('.');
            if (end > 0 && modules.contains(tensor.substring(0, end))) {
                throw new IllegalArgumentException("tensor \"" + tensor + "\" " + shapes.get(tensor)
                        + " has no place in the layer that its module is; expected a layer with the same settings"
                        + " (bias, direction, levels)");
            }
            unused.add(tensor);
        }
        return unused;
    }

    /** Reads the file's numbers and puts them where they go. */
    void fill(SafeTensorsReader file) throws IOException {
        file.read(places.keySet(), (name, values) -> {
            for (float value : values) {
                if (!Float.isFinite(value)) {
                    throw new IllegalArgumentException(
                            "tensor \"" + name + "\": expected finite numbers, got " + value);
                }
            }
            Objects.requireNonNull(places.get(name)).accept(values);
        });
    }
}
