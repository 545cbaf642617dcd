package dev.lockstep.nn.param;

import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hands out names, stream numbers and places in the flat vectors while a network is bound, layer by layer in the order
 * of the specification. That order is the order of the parameters in memory and in model files.
 */
public final class ParameterLayout {
    private final List<ParameterRange> parameters = new ArrayList<>();
    private final List<StatisticsRange> buffers = new ArrayList<>();
    private final List<Posterior> posteriors = new ArrayList<>();
    private final List<Integer> rowEnds = new ArrayList<>();
    private final Map<String, Integer> namesUsed = new HashMap<>();
    private final List<SharedWeights> shared = new ArrayList<>();
    private final int sharedBy;
    /** Where names, streams and ends of rows come from; null: from here. */
    private final @Nullable ParameterLayout network;

    private final String prefix;
    private int parameterCount;
    private int bufferCount;
    private int streams;

    /** A layout of networks that share nothing. */
    public ParameterLayout() {
        this(1);
    }

    /**
     * A layout of networks that share the weights of their dense layers.
     *
     * @param sharedBy how many networks
     */
    public ParameterLayout(int sharedBy) {
        this(sharedBy, null, "");
    }

    private ParameterLayout(int sharedBy, @Nullable ParameterLayout network, String prefix) {
        this.sharedBy = sharedBy;
        this.network = network;
        this.prefix = prefix;
    }

    /**
     * A layout for a layer that computes with numbers that are not parameters themselves, but made of them: its places
     * are counted from 0 and none of this layout's, its names, streams and ends of rows are.
     *
     * @param kindPrefix what its layers' kinds are called with before them: {@code variational} makes
     *     {@code variationalLstm} of {@code lstm}
     */
    public ParameterLayout apart(String kindPrefix) {
        return new ParameterLayout(1, this, kindPrefix);
    }

    /** How many networks share the weights of dense layers; 1: none do. */
    public int sharedBy() {
        return sharedBy;
    }

    /** Notes that the last of the reserved tensors are weights that networks share. */
    public void share(SharedWeights weights) {
        shared.add(weights);
    }

    /** The weights that networks share, in the order of their offsets. */
    public List<SharedWeights> sharedWeights() {
        return List.copyOf(shared);
    }

    /** A name for the next layer of a kind: {@code dense_1}, {@code dense_2}, and so on. */
    public String nameLayer(String kind) {
        if (network != null) {
            return network.nameLayer(prefix + Character.toUpperCase(kind.charAt(0)) + kind.substring(1));
        }
        return kind + "_" + namesUsed.merge(kind, 1, Integer::sum);
    }

    /** The number that tells this layer's random streams from those of the others. */
    public int nextStream() {
        return network == null ? streams++ : network.nextStream();
    }

    /** Reserves a trainable tensor and returns its offset. */
    public int reserve(String layer, String tensor, Shape shape, ParameterRole role, InitialValues initialValues) {
        int offset = parameterCount;
        parameters.add(new ParameterRange(layer + "." + tensor, offset, shape, role, initialValues));
        parameterCount = add(parameterCount, shape);
        return offset;
    }

    /**
     * Reserves running statistics among the buffers, and the moments of each step that feed them.
     *
     * @param momentum the share of the old statistics in the new ones
     * @param global whether training needs them of all shards together
     */
    public StatisticsRange reserveStatistics(String layer, int channels, double momentum, boolean global) {
        StatisticsRange range = new StatisticsRange(
                layer + ".runningStatistics", bufferCount, Shape.of(channels, StatisticsRange.WIDTH), momentum, global);
        buffers.add(range);
        bufferCount = add(bufferCount, range.shape());
        return range;
    }

    private static int add(int count, Shape shape) {
        if (shape.size() > Integer.MAX_VALUE - count) {
            throw new IllegalArgumentException("the network has more numbers than the " + Integer.MAX_VALUE
                    + " that an array can hold: " + count + " and then a tensor of shape " + shape);
        }
        return count + shape.size();
    }

    /** Notes that two of the reserved tensors hold a distribution over weights. */
    public void reservePosterior(Posterior posterior) {
        posteriors.add(posterior);
    }

    /** Notes that a layer finds in its input where rows end, after so many steps at the latest. */
    public void endsRows(int steps) {
        if (network != null) {
            network.endsRows(steps);
        } else {
            rowEnds.add(steps);
        }
    }

    /** Steps of the inputs in which layers find where rows end. */
    public List<Integer> rowEnds() {
        return List.copyOf(rowEnds);
    }

    /** The distributions over weights. */
    public List<Posterior> posteriors() {
        return List.copyOf(posteriors);
    }

    /** The trainable tensors in the order of their offsets. */
    public List<ParameterRange> parameters() {
        return List.copyOf(parameters);
    }

    /** The running statistics in the order of their offsets. */
    public List<StatisticsRange> buffers() {
        return List.copyOf(buffers);
    }

    /** Length of the parameter vector. */
    public int parameterCount() {
        return parameterCount;
    }

    /** Length of the buffer vector. */
    public int bufferCount() {
        return bufferCount;
    }

    /** Length of the vector of moments that a step gives beside its gradient. */
    public int momentCount() {
        return bufferCount / StatisticsRange.WIDTH * ChannelMoments.WIDTH;
    }
}
