package dev.lockstep.nn.model;

import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.StatisticsRange;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a trained network as the beginning of another one's. A layer is taken as a whole: where both networks
 * have one of its name, and all its tensors, running statistics included, have the same names and shapes. The other
 * layers begin as the seed says.
 */
public final class WarmStart {
    private final Parameters numbers;
    private final List<Copy> copies = new ArrayList<>();
    private final List<String> taken = new ArrayList<>();
    private final List<String> left = new ArrayList<>();

    /**
     * A tensor of a layer.
     *
     * @param name without the layer's
     * @param offset in the vector that it lies in
     * @param statistics whether that is the vector of buffers
     */
    private record Part(String name, Shape shape, int offset, boolean statistics) {
        private String label() {
            return name + " " + shape;
        }

        private boolean fits(Part other) {
            return name.equals(other.name) && shape.equals(other.shape);
        }
    }

    /** A tensor, and where it goes. */
    private record Copy(Part from, Part to) {}

    /**
     * Compares two networks.
     *
     * @param network the one that is to be trained
     * @param trained the one whose numbers are taken
     * @param numbers what that has learned; read when they are copied
     * @param objection gives a reason not to take a layer of the first network; null: none
     */
    public WarmStart(
            Network network, Network trained, Parameters numbers, Function<String, @Nullable String> objection) {
        this.numbers = numbers;
        Map<String, List<Part>> there = layers(trained);
        layers(network).forEach((layer, parts) -> {
            List<Part> sources = there.getOrDefault(layer, List.of());
            String reason = objection.apply(layer);
            if (reason == null) {
                reason = mismatch(parts, sources);
            }
            if (reason == null) {
                taken.add(layer);
                for (int i = 0; i < parts.size(); i++) {
                    copies.add(new Copy(sources.get(i), parts.get(i)));
                }
            } else {
                left.add(layer + " (" + reason + ")");
            }
        });
    }

    private static Map<String, List<Part>> layers(Network network) {
        Map<String, List<Part>> layers = new LinkedHashMap<>();
        for (ParameterRange range : network.parameters()) {
            add(range.name(), range.shape(), range.offset(), false, layers);
        }
        for (StatisticsRange range : network.buffers()) {
            add(range.name(), range.shape(), range.offset(), true, layers);
        }
        return layers;
    }

    private static void add(String name, Shape shape, int offset, boolean statistics, Map<String, List<Part>> layers) {
        String layer = ParameterRange.layerOf(name);
        layers.computeIfAbsent(layer, none -> new ArrayList<>())
                .add(new Part(name.substring(layer.length() + 1), shape, offset, statistics));
    }

    /** Why the tensors of two layers of one name are not the same; null if they are. */
    private static @Nullable String mismatch(List<Part> parts, List<Part> sources) {
        if (sources.isEmpty()) {
            return "not there";
        }
        for (int i = 0; i < Math.max(parts.size(), sources.size()); i++) {
            Part here = i < parts.size() ? parts.get(i) : null;
            Part there = i < sources.size() ? sources.get(i) : null;
            if (here == null || there == null || !here.fits(there)) {
                return (there == null ? "nothing" : there.label()) + " there, "
                        + (here == null ? "nothing" : here.label()) + " here";
            }
        }
        return null;
    }

    /** The layers that make a network's outputs: the last one with parameters, of each member of an ensemble. */
    public static Set<String> outputLayers(Network network) {
        Set<String> names = new LinkedHashSet<>();
        List<ParameterRange> ranges = network.parameters();
        int members = network.members().size();
        int each = ranges.size() / members;
        for (int member = 1; member <= members && each > 0; member++) {
            names.add(ranges.get(member * each - 1).layer());
        }
        return names;
    }

    /** The layers that are taken, in the network's order. */
    public List<String> taken() {
        return List.copyOf(taken);
    }

    /** The layers that are not taken, each with the reason in brackets. */
    public List<String> left() {
        return List.copyOf(left);
    }

    /** Copies the numbers of the layers that are taken. */
    public void copyInto(Parameters initial) {
        for (Copy copy : copies) {
            boolean statistics = copy.to().statistics();
            System.arraycopy(
                    statistics ? numbers.buffers() : numbers.theta(),
                    copy.from().offset(),
                    statistics ? initial.buffers() : initial.theta(),
                    copy.to().offset(),
                    copy.to().shape().size());
        }
    }
}
