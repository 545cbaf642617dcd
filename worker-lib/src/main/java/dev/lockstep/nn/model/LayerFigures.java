package dev.lockstep.nn.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How the layers of a network learn, by their names, in the order of the network. A layer that a figure says nothing
 * about is not in its map.
 *
 * @param gradientNorm {@code |g|}: Euclidean norm of the gradient of the mean loss of the probe's rows by the layer's
 *     parameters
 * @param updateRatio {@code |w - w'| / |w'|} with the layer's parameters {@code w} now and {@code w'} at the beginning
 *     of the epoch
 * @param deadUnits share of its units, from 0 to 1, whose activation has the derivative 0 at each row of the probe, and
 *     at each of its places or steps: no gradient passes
 */
public record LayerFigures(
        Map<String, Double> gradientNorm, Map<String, Double> updateRatio, Map<String, Double> deadUnits) {
    /** No figures. */
    public static final LayerFigures NONE = new LayerFigures(Map.of(), Map.of(), Map.of());

    /** Copies the maps, keeping their order. */
    public LayerFigures {
        gradientNorm = Collections.unmodifiableMap(new LinkedHashMap<>(gradientNorm));
        updateRatio = Collections.unmodifiableMap(new LinkedHashMap<>(updateRatio));
        deadUnits = Collections.unmodifiableMap(new LinkedHashMap<>(deadUnits));
    }
}
