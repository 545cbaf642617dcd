package dev.lockstep.spark.live;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.ParameterRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far each layer moves in an epoch: {@code |w - w'| / |w|}, with the Euclidean norms of its parameters {@code w}
 * and of those {@code w'} an epoch before; and which share of its units rests: a unit none of whose weights has moved
 * by more than {@code 1e-7} of the greatest of them. A unit that is dead for all rows rests.
 */
final class WeightMotion {
    /** More numbers are not kept twice. */
    private static final int MOST_PARAMETERS = 1 << 22;

    private static final int MOST_LAYERS = 6;
    private static final float AT_REST = 1e-7f;

    private final List<String> layers = new ArrayList<>();
    private float @Nullable [] before;
    private final Thinned<Point> points;

    /**
     * What an epoch did.
     *
     * @param epoch its number
     * @param changes of the layers
     * @param resting shares of their units; negative where a layer has none
     */
    private record Point(int epoch, List<Double> changes, List<Double> resting) {}

    /** @param most how many epochs are kept */
    WeightMotion(int most) {
        points = new Thinned<>(most);
    }

    /**
     * Takes in the parameters at the end of an epoch.
     *
     * @param theta read
     */
    void add(int epoch, Network network, float[] theta) {
        if (theta.length > MOST_PARAMETERS) {
            return;
        }
        Map<String, List<ParameterRange>> ranges = byLayer(network);
        float[] old = before;
        if (old != null && old.length == theta.length) {
            List<Double> changes = new ArrayList<>();
            List<Double> resting = new ArrayList<>();
            for (String layer : layers) {
                List<ParameterRange> own = ranges.getOrDefault(layer, List.of());
                changes.add(change(own, old, theta));
                resting.add(resting(own, old, theta));
            }
            points.add(new Point(epoch, changes, resting));
        } else {
            layers.clear();
            layers.addAll(largest(ranges));
        }
        before = theta.clone();
    }

    private static Map<String, List<ParameterRange>> byLayer(Network network) {
        Map<String, List<ParameterRange>> ranges = new LinkedHashMap<>();
        for (ParameterRange range : network.parameters()) {
            int dot = range.name().indexOf('.');
            String layer = dot < 0 ? range.name() : range.name().substring(0, dot);
            ranges.computeIfAbsent(layer, name -> new ArrayList<>()).add(range);
        }
        return ranges;
    }

    /** The layers with most parameters, in the order of the network. */
    private static List<String> largest(Map<String, List<ParameterRange>> ranges) {
        List<String> kept = ranges.keySet().stream()
                .sorted(Comparator.comparingInt((String layer) -> -size(ranges.getOrDefault(layer, List.of()))))
                .limit(MOST_LAYERS)
                .toList();
        return ranges.keySet().stream().filter(kept::contains).toList();
    }

    private static int size(List<ParameterRange> ranges) {
        return ranges.stream().mapToInt(range -> range.end() - range.offset()).sum();
    }

    private static double change(List<ParameterRange> ranges, float[] old, float[] now) {
        double moved = 0;
        double size = 0;
        for (ParameterRange range : ranges) {
            for (int i = range.offset(); i < range.end(); i++) {
                double step = (double) now[i] - old[i];
                moved += step * step;
                size += (double) now[i] * now[i];
            }
        }
        return size > 0 ? Math.sqrt(moved / size) : 0;
    }

    /** Of the units that the first matrix of a layer leads to, along its last dimension. */
    private static double resting(List<ParameterRange> ranges, float[] old, float[] now) {
        ParameterRange matrix = ranges.stream()
                .filter(range -> range.shape().rank() > 1)
                .findFirst()
                .orElse(null);
        if (matrix == null) {
            return -1;
        }
        int units = matrix.shape().last();
        float[] moved = new float[units];
        float greatest = 0;
        for (int i = matrix.offset(); i < matrix.end(); i++) {
            int unit = (i - matrix.offset()) % units;
            moved[unit] = Math.max(moved[unit], Math.abs(now[i] - old[i]));
            greatest = Math.max(greatest, Math.abs(now[i]));
        }
        int resting = 0;
        for (float step : moved) {
            resting += step <= AT_REST * greatest ? 1 : 0;
        }
        return resting / (double) units;
    }

    /** Adds {@code layers}: their names, the numbers of the epochs, and what these did; nothing before two epochs. */
    void put(ObjectNode json) {
        if (points.items().isEmpty()) {
            return;
        }
        ObjectNode motion = json.putObject("layers");
        ArrayNode names = motion.putArray("names");
        layers.forEach(names::add);
        ArrayNode numbers = motion.putArray("epochs");
        points.items().forEach(point -> numbers.add(point.epoch()));
        ArrayNode changes = motion.putArray("changes");
        ArrayNode resting = motion.putArray("resting");
        for (int i = 0; i < layers.size(); i++) {
            ArrayNode change = changes.addArray();
            ArrayNode rest = resting.addArray();
            for (Point point : points.items()) {
                change.add(point.changes().get(i));
                rest.add(point.resting().get(i));
            }
        }
    }
}
