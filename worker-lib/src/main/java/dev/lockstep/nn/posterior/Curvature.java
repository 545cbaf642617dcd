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
 */
public final class Curvature {
    /** The most weights of a last layer: a matrix of 32 MB, and some seconds. */
    static final int MOST_WEIGHTS = 2048;

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
        int length;
        try {
            length = network.lastWeights().get(0).length();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("train.posterior.laplace: " + e.getMessage(), e);
        }
        if (length > MOST_WEIGHTS) {
            throw new IllegalArgumentException("train.posterior.laplace: expected a last layer of at most "
                    + MOST_WEIGHTS + " weights and biases, whose covariance is one matrix, got " + length
                    + "; a narrower layer before it has fewer");
        }
    }

    /** A sum of no rows. */
    public CurvatureSum empty() {
        long triangle = (long) weights.get(0).length() * (weights.get(0).length() + 1) / 2;
        return new CurvatureSum(new double[Math.toIntExact(weights.size() * triangle)]);
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
        int line = first;
        for (int r = 0; r < layer.length(); r++) {
            double scale = weight * x[r / units];
            if (scale != 0) {
                addLine(r, scale, units, sums, line);
            }
            line += r + 1;
        }
    }

    private void addLine(int r, double scale, int units, double[] sums, int line) {
        int own = r % units * units;
        for (int c = 0; c <= r; c++) {
            sums[line + c] += scale * matrix[own + c % units] * x[c / units];
        }
    }
}
