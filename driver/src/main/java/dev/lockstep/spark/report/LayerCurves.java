package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a page shows of the figures of layers: those of six at most. Of gradients and updates the layers from the first
 * to the last at equal distances; of dead units the layers with the largest shares at the end.
 */
public final class LayerCurves {
    private static final int MOST_LAYERS = 6;

    private LayerCurves() {}

    /**
     * Copies of the lines of a metrics file with the figures that a page shows.
     *
     * @param epochs as {@link EpochReport#toJson} gives them
     */
    public static ArrayNode shown(List<? extends JsonNode> epochs) {
        ArrayNode copies = JsonNodeFactory.instance.arrayNode();
        epochs.forEach(epoch -> copies.add(epoch.deepCopy()));
        if (!epochs.isEmpty()) {
            JsonNode last = epochs.get(epochs.size() - 1);
            retain(copies, EpochReport.GRADIENT_NORM, spread(names(last.path(EpochReport.GRADIENT_NORM))));
            retain(copies, EpochReport.UPDATE_RATIO, spread(names(last.path(EpochReport.UPDATE_RATIO))));
            retain(copies, EpochReport.DEAD_UNITS, largest(last.path(EpochReport.DEAD_UNITS)));
        }
        return copies;
    }

    private static List<String> names(JsonNode layers) {
        List<String> names = new ArrayList<>();
        layers.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<String> spread(List<String> names) {
        if (names.size() <= MOST_LAYERS) {
            return names;
        }
        List<String> some = new ArrayList<>();
        for (int i = 0; i < MOST_LAYERS; i++) {
            some.add(names.get(i * (names.size() - 1) / (MOST_LAYERS - 1)));
        }
        return some;
    }

    private static List<String> largest(JsonNode layers) {
        return names(layers).stream()
                .sorted(Comparator.comparingDouble(
                        (String name) -> -layers.path(name).asDouble()))
                .limit(MOST_LAYERS)
                .toList();
    }

    private static void retain(ArrayNode epochs, String figure, List<String> names) {
        for (JsonNode epoch : epochs) {
            if (epoch.get(figure) instanceof ObjectNode layers) {
                layers.retain(names);
            }
        }
    }
}
