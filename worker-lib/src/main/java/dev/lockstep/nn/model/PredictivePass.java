package dev.lockstep.nn.model;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.Poisson;
import dev.lockstep.nn.loss.RowLosses;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;

/**
 * Predictions outside training, in the targets' own units, and how sure they are. A network that draws nothing makes
 * one prediction. Otherwise the predictive distribution is the mixture of what each network of an ensemble says in each
 * of a number of samples, all with the same weight:
 *
 * <ul>
 *   <li>classes: the mean of the probabilities, {@code p = mean p_i}; its entropy {@code H(p)} in nats is all
 *       uncertainty, of which the mutual information {@code H(p) - mean H(p_i)} is the part that more data would take
 *       away (epistemic);
 *   <li>numbers: the mean of the means; the variance is that of the means (epistemic) plus the mean of the predicted
 *       variances (aleatoric: the rate of a count; 0 for a loss that predicts none, such as the mean squared error).
 * </ul>
 *
 * <p>{@link #outputs()} are the outputs before the loss's link that stand for the mixture: the logarithm of {@code p}
 * for classes, so that a loss computed from them is the negative log-likelihood of the mixture (log-mean-exp), and mean
 * and variance for numbers, so that it is that of the Gaussian with the mixture's moments.
 */
public final class PredictivePass {
    private static final double LEAST_PROBABILITY = Float.MIN_NORMAL;

    private final Network network;
    private final Replica replica;
    private final Scaling targets;
    private final long seed;
    private final int samples;
    private final Activation link;
    private final boolean mixes;
    private final int size;
    private final Tensor outputs;
    private final double[] sums;
    private final double[] squares;
    /** Sum of the entropies of what each component predicts, a row. */
    private final double[] entropies;

    private Tensor predictions;

    /**
     * Passes over a replica's batch.
     *
     * @param replica computes
     * @param targets the scaling of the targets; null: none
     * @param seed the job's seed
     * @param samples predictive samples; 0: nothing is random, weights are their means
     * @param maxRows the most rows of a pass
     */
    public PredictivePass(Network network, Replica replica, Scaling targets, long seed, int samples, int maxRows) {
        this.network = network;
        this.replica = replica;
        this.targets = targets;
        this.seed = seed;
        this.samples = samples;
        link = network.loss().link();
        mixes = samples > 0 || network.members().size() > 1 || targets != null;
        size = network.output().size();
        outputs = mixes ? Tensor.allocate(maxRows, network.output()) : null;
        int elements = mixes ? Math.multiplyExact(maxRows, size) : 0;
        sums = new double[elements];
        squares = new double[elements];
        entropies = new double[mixes ? maxRows : 0];
        if (targets != null && !(link instanceof Activation.Linear) && !(link instanceof Activation.MeanAndVariance)) {
            throw new IllegalArgumentException(
                    "scaled targets: expected a loss of numbers with a mean, got " + network.loss());
        }
    }

    /** Predicts the rows of the replica's batch. */
    public void run(Parameters parameters) {
        if (!mixes) {
            replica.beginInference();
            replica.forward(parameters);
            predictions = replica.predictions(0);
            return;
        }
        Arrays.fill(sums, 0);
        Arrays.fill(squares, 0);
        Arrays.fill(entropies, 0);
        for (int sample = 1; sample <= Math.max(1, samples); sample++) {
            if (samples == 0) {
                replica.beginInference();
            } else {
                replica.beginSample(seed, sample);
            }
            replica.forward(parameters);
            for (int member = 0; member < replica.members(); member++) {
                add(replica.predictions(member));
            }
        }
        for (int row = 0; row < replica.batch().rows(); row++) {
            mix(row);
        }
        predictions = replica.linked(outputs);
        if (targets != null && variances()) {
            unscalePredictions();
        }
    }

    private void unscalePredictions() {
        int width = network.output().last();
        for (int row = 0; row < replica.batch().rows(); row++) {
            for (int i = 0; i < size; i++) {
                double value = i % width < width / 2 ? mean(row, i) : variance(row, i - width / 2);
                predictions.array()[predictions.rowOffset(row) + i] = (float) value;
            }
        }
    }

    /** The losses of the rows, in the targets' own units. */
    public RowLosses losses() {
        return targets != null && network.loss() instanceof GaussianNll loss
                ? replica.losses(outputs, loss, targets)
                : replica.losses(outputs());
    }

    private int components() {
        return Math.max(1, samples) * replica.members();
    }

    private boolean variances() {
        return link instanceof Activation.MeanAndVariance;
    }

    private void add(Tensor component) {
        for (int row = 0; row < replica.batch().rows(); row++) {
            for (int i = 0; i < size; i++) {
                double value = component.array()[component.rowOffset(row) + i];
                sums[row * size + i] += value;
                squares[row * size + i] += value * value;
                entropies[row] += entropy(value);
            }
        }
    }

    /** What one probability adds to an entropy; 0 where outputs are no probabilities. */
    private double entropy(double p) {
        if (link instanceof Activation.Softmax) {
            return p <= 0 ? 0 : -p * StrictMath.log(p);
        }
        if (link instanceof Activation.Sigmoid) {
            return (p <= 0 ? 0 : -p * StrictMath.log(p)) - (p >= 1 ? 0 : (1 - p) * StrictMath.log(1 - p));
        }
        return 0;
    }

    private void mix(int row) {
        int width = network.output().last();
        for (int i = 0; i < size; i++) {
            double value;
            if (variances()) {
                // Still scaled: in the targets' own units a variance may be less than an output can express.
                value = i % width < width / 2 ? average(row, i) : beforeSoftplus(scaledVariance(row, i - width / 2));
            } else if (link instanceof Activation.Linear) {
                value = mean(row, i);
            } else if (link instanceof Activation.Sigmoid) {
                double p = Math.min(Math.max(average(row, i), LEAST_PROBABILITY), 1 - 0x1p-53);
                value = StrictMath.log(p / (1 - p));
            } else {
                value = StrictMath.log(Math.max(average(row, i), LEAST_PROBABILITY));
            }
            outputs.array()[row * size + i] = (float) value;
        }
    }

    private static double beforeSoftplus(double variance) {
        double v = Math.max(variance - Activation.MeanAndVariance.FLOOR, 1e-30);
        return v > 30 ? v : StrictMath.log(StrictMath.expm1(v));
    }

    private double average(int row, int index) {
        return sums[row * size + index] / components();
    }

    private double mean(int row, int index) {
        double average = average(row, index);
        return targets == null ? average : average * targetStd(index) + targets.mean()[targetIndex(index)];
    }

    private double targetStd(int index) {
        return targets.std()[targetIndex(index)];
    }

    private int targetIndex(int index) {
        int width = network.output().last();
        return index % (variances() ? width / 2 : width) % targets.std().length;
    }

    private double scaledVariance(int row, int index) {
        return spread(row, index) + average(row, index + network.output().last() / 2);
    }

    /** Variance of the components' means, scaled. */
    private double spread(int row, int index) {
        double average = average(row, index);
        return Math.max(0, squares[row * size + index] / components() - average * average);
    }

    /** The whole variance of a number: epistemic and aleatoric. */
    private double variance(int row, int index) {
        return epistemicVariance(row, index) + aleatoricVariance(row, index);
    }

    /**
     * Variance that the components' means have: what is not known about the function. Of the number with this index
     * among the outputs.
     */
    public double epistemicVariance(int row, int index) {
        if (!mixes) {
            return 0;
        }
        double variance = spread(row, index);
        return targets == null ? variance : variance * targetStd(index) * targetStd(index);
    }

    /**
     * Mean of the variances that the components predict: noise of the targets. A count varies by its rate; 0 for a loss
     * that predicts no variance.
     */
    public double aleatoricVariance(int row, int index) {
        if (network.loss() instanceof Poisson) {
            return predictions.array()[predictions.rowOffset(row) + index];
        }
        if (!variances()) {
            return 0;
        }
        int at = index + network.output().last() / 2;
        if (!mixes) {
            return predictions.array()[predictions.rowOffset(row) + at];
        }
        double average = average(row, at);
        return targets == null ? average : average * targetStd(index) * targetStd(index);
    }

    /** Entropy of a row's predicted probabilities, in nats; a sigmoid's outputs count one by one. */
    public double predictiveEntropy(int row) {
        double entropy = 0;
        for (int i = 0; i < size; i++) {
            entropy += entropy(predictions.array()[predictions.rowOffset(row) + i]);
        }
        return entropy;
    }

    /** The part of {@link #predictiveEntropy} that comes from the components not agreeing; 0 if there is only one. */
    public double mutualInformation(int row) {
        return mixes ? Math.max(0, predictiveEntropy(row) - entropies[row] / components()) : 0;
    }

    /**
     * Outputs before the loss's link, one row a row of the batch; those of a predicted variance are scaled as the
     * targets are.
     */
    public Tensor outputs() {
        return mixes ? outputs : replica.output(0);
    }

    /** Outputs after the loss's link: probabilities, means. */
    public Tensor predictions() {
        return predictions;
    }
}
