package dev.lockstep.nn.model;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.loss.RowLosses;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures how the layers of a network learn: takes a few rows, the probe, forward and back, and changes nothing. The
 * pass is one of training: batch normalisation uses the statistics of the probe's rows, and dropout and noise draw the
 * same numbers each time. Rows are not augmented, and gradients are those of the loss alone, before weight decay, the
 * divergence of distributions, and clipping. So {@link LayerFigures} follow from rows, seed and parameters. For one
 * thread.
 */
public final class LayerProbe {
    private static final int MOST_ROWS = 64;
    private static final int LEAST_ROWS = 16;
    /** So many times the probe's rows are those of an epoch, where these are enough. */
    private static final int SHARE = 200;

    private static final int MOST_PARAMETERS = 1 << 22;
    /** Of the rows and of the layers' outputs. */
    private static final long MOST_BYTES = 8 << 20;

    private final Network network;
    private final Scaling scaling;
    private final RowArray rows;
    private final long seed;
    private final Replica replica;
    private final Gradient.Node gradient;
    private final Map<String, boolean[]> alive = new LinkedHashMap<>();
    private float[] derivative = {};
    private float @Nullable [] before;

    /**
     * How many rows a probe should have: 64, or fewer where the training has fewer than 12,800 rows or the layers'
     * outputs take much memory. 0 where probing takes too much: more than 2^22 parameters, or a row of 8 MB.
     *
     * @param network whose layers are to be measured
     * @param layout of the rows
     * @param trainingRows how many rows an epoch has
     */
    public static int rows(Network network, RowLayout layout, long trainingRows) {
        if (network.parameterCount() > MOST_PARAMETERS) {
            return 0;
        }
        long wanted = Math.min(Math.max(trainingRows / SHARE, LEAST_ROWS), Math.min(MOST_ROWS, trainingRows));
        return (int) Math.min(wanted, MOST_BYTES / rowBytes(network, layout));
    }

    /** Bytes of a row and of the layers' outputs for it. */
    private static long rowBytes(Network network, RowLayout layout) {
        boolean entries = network.readsEntries() && layout.allowsEntries();
        long floats = entries ? layout.rest() : layout.width();
        for (Layer layer : network.layers()) {
            floats += layer.output().size();
        }
        return floats * Float.BYTES;
    }

    /**
     * Bytes that a probe holds: the parameters where the epoch began and a gradient, each a float for each parameter,
     * the sums of moments, and its rows with the layers' outputs. 0 where there is no probe.
     *
     * @param network whose layers are to be measured
     * @param layout of the rows
     * @param trainingRows how many rows an epoch has
     */
    public static long bytes(Network network, RowLayout layout, long trainingRows) {
        long rows = rows(network, layout, trainingRows);
        return rows == 0
                ? 0
                : 2L * network.parameterCount() * Float.BYTES
                        + (long) network.momentCount() * Double.BYTES
                        + rows * rowBytes(network, layout);
    }

    /**
     * A probe.
     *
     * @param network whose layers are measured
     * @param layout of the rows
     * @param scaling what the network sees the rows through
     * @param rows as they are packed, at least one; not changed any more
     * @param seed of the training
     */
    public LayerProbe(Network network, RowLayout layout, Scaling scaling, RowArray rows, long seed) {
        this.network = network;
        this.scaling = scaling;
        this.rows = rows;
        this.seed = seed;
        replica = new Replica(network, layout, rows.rows(), 1);
        replica.observe(this::look);
        gradient = new Gradient.Node(0, 1, new float[network.parameterCount()], new double[network.momentCount()]);
    }

    /**
     * From here on the parameters move; without it the next {@link #measure} has no {@link LayerFigures#updateRatio}.
     *
     * @param theta read
     */
    public void begin(float[] theta) {
        if (before == null || before.length != theta.length) {
            before = theta.clone();
        } else {
            System.arraycopy(theta, 0, before, 0, theta.length);
        }
    }

    /**
     * Measures, and begins the next epoch.
     *
     * @param parameters read
     */
    public LayerFigures measure(Parameters parameters) {
        Batch batch = replica.batch();
        batch.fill(rows);
        scaling.apply(batch);
        scaling.applyToTargets(batch);
        alive.clear();
        replica.beginTraining(seed, 0, 0);
        replica.forward(parameters);
        RowLosses losses = replica.lossAndGradient();
        replica.backward(parameters, new Gradient(List.of(gradient)), first -> {});
        double weight = 0;
        for (int row = 0; row < batch.rows(); row++) {
            weight += losses.weight()[row];
        }
        float[] theta = parameters.theta();
        float[] old = before;
        LayerFigures figures = new LayerFigures(
                norms(weight), old == null || old.length != theta.length ? Map.of() : ratios(old, theta), dead());
        begin(theta);
        return figures;
    }

    private Map<String, Double> norms(double weight) {
        Map<String, Double> norms = squares(gradient.values(), null);
        norms.replaceAll((layer, squares) -> Math.sqrt(squares) / weight);
        norms.values().removeIf(norm -> !Double.isFinite(norm));
        return norms;
    }

    private Map<String, Double> ratios(float[] old, float[] theta) {
        Map<String, Double> sizes = squares(old, null);
        Map<String, Double> ratios = squares(theta, old);
        ratios.replaceAll((layer, moved) -> Math.sqrt(moved / sizes.getOrDefault(layer, 0.0)));
        ratios.values().removeIf(ratio -> !Double.isFinite(ratio));
        return ratios;
    }

    /** The sum of the squares of each layer's numbers, less those of another vector if there is one. */
    private Map<String, Double> squares(float[] vector, float @Nullable [] less) {
        Map<String, Double> sums = new LinkedHashMap<>();
        for (ParameterRange range : network.parameters()) {
            double sum = 0;
            for (int i = range.offset(); i < range.end(); i++) {
                double value = less == null ? vector[i] : (double) vector[i] - less[i];
                sum += value * value;
            }
            sums.merge(range.layer(), sum, Double::sum);
        }
        return sums;
    }

    /** Which units of a layer let a gradient pass, at some row. */
    private void look(Layer layer, Tensor y, int @Nullable [] lengths) {
        Activation activation = layer.activation();
        if (activation == null || !activation.canDie()) {
            return;
        }
        int units = y.shape().last();
        int floats = y.shape().size();
        if (derivative.length < floats) {
            derivative = new float[floats];
        }
        boolean[] living = alive.computeIfAbsent(layer.name(), name -> new boolean[units]);
        for (int row = 0; row < rows.rows(); row++) {
            int valid = lengths == null ? floats : floats / y.shape().dimension(0) * lengths[row];
            Arrays.fill(derivative, 0, valid, 1f);
            activation.backward(y.array(), y.rowOffset(row), derivative, 0, valid / units, units);
            for (int i = 0; i < valid; i++) {
                living[i % units] |= derivative[i] != 0;
            }
        }
    }

    private Map<String, Double> dead() {
        Map<String, Double> shares = new LinkedHashMap<>();
        alive.forEach((layer, units) -> {
            int dead = 0;
            for (boolean unit : units) {
                dead += unit ? 0 : 1;
            }
            shares.put(layer, dead / (double) units.length);
        });
        return shares;
    }
}
