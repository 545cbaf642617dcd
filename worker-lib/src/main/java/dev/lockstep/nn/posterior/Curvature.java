package dev.lockstep.nn.posterior;

import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.RowLosses;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Replica;
import dev.lockstep.nn.tensor.Tensor;
import java.util.List;

/**
 * The generalised Gauss-Newton matrix of the negative log-likelihood by the weights of the last layer, {@code H = sum
 * over rows and steps of w (x x^T (x) F)}: {@code x} what the layer takes in, with a 1 behind it where it has a bias,
 * {@code F} the {@link Loss.Curvature} of its outputs, {@code w} the row's weight (times that of its class). Weights
 * are numbered as they lie among the parameters. Nothing is random: dropout is off.
 *
 * <p>A layer of more than {@value #MOST_WEIGHTS} weights has two sums in place of one, {@code A = sum of w x x^T} and
 * {@code G = sum of w F}, and their product stands for it, {@code H ~ A (x) G / sum of w}: exact where all {@code x} or
 * all {@code F} are alike, otherwise as if the two were independent (Martens and Grosse 2015).
 */
public final class Curvature {
    /** The most weights of one matrix: 32 MB, and some seconds. */
    static final int MOST_WEIGHTS = 2048;

    /** The most rows of a factor: half a minute. */
    static final int MOST_ROWS = 2048;

    private final Replica replica;
    private final Loss.Curvature ofOutputs;
    private final List<Layer.Weights> weights;
    private final boolean readsFeatures;
    private final double[] matrix;
    private final double[] x;

    /**
     * The curvature of a network's rows.
     *
     * @param replica computes; its last forward pass is looked at
     * @throws IllegalArgumentException if there is none that is known
     */
    public Curvature(Network network, Replica replica) {
        check(network);
        this.replica = replica;
        ofOutputs = curvature(network);
        weights = network.lastWeights();
        readsFeatures = network.lastLayer() == 0;
        Layer.Weights one = weights.get(0);
        matrix = new double[one.units() * one.units()];
        x = new double[one.inputs() + 1];
    }

    private static Loss.Curvature curvature(Network network) {
        Loss.Curvature known = network.loss().curvature();
        if (known == null) {
            throw new IllegalArgumentException("train.posterior.laplace: expected a loss with a known curvature:"
                    + " crossEntropy, softCrossEntropy, binaryCrossEntropy, poisson, meanSquaredError or gaussianNll,"
                    + " got " + network.loss());
        }
        return known;
    }

    /**
     * Checks that there is a curvature, and that it is not too large.
     *
     * @throws IllegalArgumentException naming the key of a job file
     */
    static void check(Network network) {
        curvature(network);
        Layer.Weights weights;
        try {
            weights = network.lastWeights().get(0);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("train.posterior.laplace: " + e.getMessage(), e);
        }
        if (weights.length() > MOST_WEIGHTS && Math.max(lines(weights), weights.units()) > MOST_ROWS) {
            throw new IllegalArgumentException("train.posterior.laplace: expected a last layer of at most "
                    + MOST_ROWS + " inputs, the bias among them, and as many units, got " + lines(weights) + " and "
                    + weights.units() + "; a narrower layer before it has fewer");
        }
    }

    /** Whether a layer's curvature is a product. */
    private static boolean factored(Layer.Weights layer) {
        return layer.length() > MOST_WEIGHTS;
    }

    /** Inputs, and the 1 behind them where there is a bias. */
    private static int lines(Layer.Weights layer) {
        return layer.length() / layer.units();
    }

    private static long triangle(long rows) {
        return rows * (rows + 1) / 2;
    }

    /**
     * The information that a sum holds about a layer's weights.
     *
     * @param sums read from {@code first} on
     */
    static PrecisionMatrix.Information information(Layer.Weights layer, double[] sums, int first) {
        return factored(layer)
                ? new FactoredInformation(sums, first, lines(layer), layer.units())
                : prior -> InverseFactor.of(sums, first, layer.length(), prior);
    }

    /** A sum of no rows. */
    public CurvatureSum empty() {
        Layer.Weights one = weights.get(0);
        long each = factored(one) ? triangle(lines(one)) + triangle(one.units()) + 1 : triangle(one.length());
        return new CurvatureSum(new double[Math.toIntExact(weights.size() * each)]);
    }

    /** Begins a pass over the replica's batch in which nothing is random. */
    public void begin() {
        if (readsFeatures) {
            // They may be kept as entries otherwise.
            replica.batch().features();
        }
        replica.beginInference();
    }

    /**
     * Adds the rows of the pass that {@link #begin} began.
     *
     * @param sum added to
     */
    public void add(CurvatureSum sum) {
        RowLosses losses = replica.lossAndGradient();
        int[] lengths = replica.lengths();
        int each = sum.values().length / weights.size();
        for (int member = 0; member < weights.size(); member++) {
            Tensor output = replica.output(member);
            int steps = output.shape().rank() == 2 ? output.shape().dimension(0) : 1;
            for (int row = 0; row < replica.batch().rows(); row++) {
                int valid = steps > 1 && lengths != null ? lengths[row] : steps;
                for (int step = 0; step < valid; step++) {
                    add(member, row, step, losses.weight()[row] / valid, sum.values(), member * each);
                }
            }
        }
    }

    private void add(int member, int row, int step, double weight, double[] sums, int first) {
        Layer.Weights layer = weights.get(member);
        Tensor input = replica.lastInput(member);
        Tensor output = replica.output(member);
        int units = layer.units();
        int from = input.rowOffset(row) + step * layer.inputs();
        for (int i = 0; i < layer.inputs(); i++) {
            x[i] = input.array()[from + i];
        }
        x[layer.inputs()] = 1;
        int width = output.shape().rank() == 2
                ? output.shape().last()
                : output.shape().size();
        ofOutputs.compute(output.array(), output.rowOffset(row) + step * width, units, matrix);
        if (factored(layer)) {
            addFactors(layer, weight, sums, first);
            return;
        }
        int line = first;
        for (int r = 0; r < layer.length(); r++) {
            double scale = weight * x[r / units];
            if (scale != 0) {
                addLine(r, scale, units, sums, line);
            }
            line += r + 1;
        }
    }

    private void addFactors(Layer.Weights layer, double weight, double[] sums, int first) {
        int at = first;
        for (int r = 0; r < lines(layer); r++) {
            double scale = weight * x[r];
            for (int c = 0; scale != 0 && c <= r; c++) {
                sums[at + c] += scale * x[c];
            }
            at += r + 1;
        }
        for (int r = 0; r < layer.units(); r++) {
            for (int c = 0; c <= r; c++) {
                sums[at++] += weight * matrix[r * layer.units() + c];
            }
        }
        sums[at] += weight;
    }

    private void addLine(int r, double scale, int units, double[] sums, int line) {
        int own = r % units * units;
        for (int c = 0; c <= r; c++) {
            sums[line + c] += scale * matrix[own + c % units] * x[c / units];
        }
    }
}
