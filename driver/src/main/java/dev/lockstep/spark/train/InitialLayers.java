package dev.lockstep.spark.train;

import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.WarmStart;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.spark.config.InitSpec;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.Names;
import dev.lockstep.spark.io.ModelDirectory;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** What {@code init} of a job comes to for its network: the layers that begin as a model's, and those that stay so. */
final class InitialLayers {
    /** Nothing is taken. */
    static final InitialLayers NONE = new InitialLayers(null, Set.of(), "", Map.of());

    private final @Nullable WarmStart start;
    private final Set<String> frozen;
    private final String notice;
    private final Map<String, String> fingerprint;

    private InitialLayers(
            @Nullable WarmStart start, Set<String> frozen, String notice, Map<String, String> fingerprint) {
        this.start = start;
        this.frozen = frozen;
        this.notice = notice;
        this.fingerprint = fingerprint;
    }

    /**
     * The model that a job begins with; null if it names none.
     *
     * @throws JobException if it cannot be read
     */
    static @Nullable SavedModel model(JobSpec job, TrainingInputs inputs, Configuration configuration) {
        if (job.init() == null || inputs.initialModel() != null) {
            return inputs.initialModel();
        }
        try {
            return ModelDirectory.load(job.init().from(), configuration);
        } catch (ModelException | IOException e) {
            throw new JobException("init.from", e.getMessage(), e);
        }
    }

    /**
     * Compares a model's layers with those of the network to be trained.
     *
     * @param spec what the job says
     * @param classes names of the classes that the rows have; null: they have none
     * @throws IllegalArgumentException if nothing can be taken, nothing is left to train, or a pattern names no layer
     */
    static InitialLayers of(InitSpec spec, SavedModel model, Network network, @Nullable List<String> classes) {
        check("init.layers", spec.layers(), layers(network), "layer of this network");
        Set<String> outputs = model.description().classes() == null
                        || model.description().classes().equals(classes)
                ? Set.of()
                : WarmStart.outputLayers(network);
        WarmStart start = new WarmStart(
                network,
                model.network(),
                model.parameters(),
                layer -> !matches(spec.layers(), layer, true)
                        ? "not among init.layers"
                        : outputs.contains(layer) ? "other classes there" : null);
        if (start.taken().isEmpty()) {
            throw new IllegalArgumentException("init.from: no layer of " + spec.from()
                    + " has the name and the shapes of one of this network: " + String.join(", ", start.left()));
        }
        Set<String> frozen = start.taken().stream()
                .filter(layer -> matches(spec.freeze(), layer, false))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        check("init.freeze", spec.freeze(), Set.copyOf(start.taken()), "layer that is taken");
        if (frozen.containsAll(layers(network))) {
            throw new IllegalArgumentException("init.freeze: all layers are frozen, so there is nothing to train");
        }
        Map<String, String> fingerprint = new LinkedHashMap<>();
        fingerprint.put("init.from", model.description().sha256());
        fingerprint.put("init.layers", String.join(", ", start.taken()));
        fingerprint.put("init.freeze", String.join(", ", frozen));
        return new InitialLayers(start, frozen, notice(spec, start, frozen), fingerprint);
    }

    private static Set<String> layers(Network network) {
        return network.parameters().stream()
                .map(range -> range.layer())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static boolean matches(@Nullable Names patterns, String layer, boolean absent) {
        return patterns == null ? absent : patterns.values().stream().anyMatch(pattern -> matches(pattern, layer));
    }

    private static boolean matches(String pattern, String layer) {
        String expression =
                Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return layer.matches(expression);
    }

    private static void check(String key, @Nullable Names patterns, Set<String> layers, String what) {
        for (String pattern : patterns == null ? List.<String>of() : patterns.values()) {
            if (layers.stream().noneMatch(layer -> matches(pattern, layer))) {
                throw new IllegalArgumentException(key + ": \"" + pattern + "\" names no " + what
                        + "; expected a name or pattern (dense_*) of one of "
                        + layers.stream().sorted().toList());
            }
        }
    }

    private static String notice(InitSpec spec, WarmStart start, Set<String> frozen) {
        return "init.from " + spec.from() + ": took " + String.join(", ", start.taken())
                + (start.left().isEmpty() ? "" : "; not " + String.join(", ", start.left()))
                + (frozen.isEmpty() ? "" : "; frozen: " + String.join(", ", frozen));
    }

    /** What was taken and what not, in a line; empty if nothing was to be taken. */
    String notice() {
        return notice;
    }

    /** The layers that no step changes. */
    Set<String> frozen() {
        return frozen;
    }

    /** What of it decides the bits, by the keys of the job file. */
    Map<String, String> fingerprint() {
        return fingerprint;
    }

    /** Puts the numbers that are taken over those that the seed gave. */
    void copyInto(Parameters initial) {
        if (start != null) {
            start.copyInto(initial);
        }
    }
}
