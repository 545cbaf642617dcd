package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.metric.Densities;
import dev.lockstep.nn.metric.GaussianFit;
import dev.lockstep.nn.metric.MetricRows;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The predictions for the rows of a pass, in the targets' own units, with their uncertainty. A network that draws
 * nothing predicts once ({@link #single}). Otherwise the predictive distribution is the mixture of {@code M} components
 * of equal weight, which are what each network of an ensemble says in each of a number of samples ({@link #begin},
 * {@link #add}, {@link #mix}). With {@code p_i}, {@code m_i} and {@code v_i} the probabilities, means and variances
 * that component {@code i} predicts:
 *
 * <ul>
 *   <li>classes: {@code p = 1/M sum_i p_i}; its entropy {@code H(p)} in nats is all uncertainty, of which the mutual
 *       information {@code H(p) - 1/M sum_i H(p_i)} is the part that more data would take away (epistemic);
 *   <li>numbers: the mean is {@code m = 1/M sum_i m_i}; the variance is that of the means, {@code 1/M sum_i (m_i -
 *       m)^2} (epistemic), plus the mean of the variances, {@code 1/M sum_i v_i} (aleatoric).
 * </ul>
 *
 * <p>{@link #predictions()} are the parameters after the likelihood's link: {@code p}, {@code m}, and where a variance
 * is predicted the whole one. {@link #outputs()} are what stands for them before the link, for losses: the logarithm of
 * {@code p}, so that a loss computed from it is the negative log-likelihood of the mixture (log-mean-exp); for numbers
 * it is that of the one distribution with the mixture's moments. {@link #densities()} has the mixture itself.
 *
 * <p>One thread's scratch, allocated once for the largest pass. Its values hold until the next pass begins.
 */
public abstract class PredictiveDistribution {
    private final int size;
    private final int steps;
    private final int targets;
    private final @Nullable Scaling scaling;
    private final Tensor mixture;
    private final double[] sums;
    private final double[] squares;
    private int rows;
    /** Components of the mixture; 0 where there is a single prediction. */
    private int components;

    private Tensor outputs;
    private Tensor predictions;
    private Decision decision = Decision.PLAIN;

    /** Classes of {@link #rankedRow} from the most probable one on, as far as they were asked for. */
    private int[] ranking = new int[8];

    private int ranked;
    private int rankedRow = -1;
    private int rankedStep;
    /** Valid steps of each row; null: all. */
    private int @Nullable [] lengths;

    /**
     * Room for a mixture.
     *
     * @param output shape of the network's output
     * @param targets how many targets a step's outputs describe
     * @param mixedRows the most rows of a mixture
     * @param scaling what the network sees the targets through; null: as they are
     */
    PredictiveDistribution(Shape output, int targets, int mixedRows, @Nullable Scaling scaling) {
        this.size = output.size();
        this.steps = output.rank() == 2 ? output.dimension(0) : 1;
        this.targets = targets;
        this.scaling = scaling;
        mixture = Tensor.allocate(mixedRows, output);
        int elements = mixture.array().length;
        sums = new double[elements];
        squares = new double[elements];
        outputs = mixture;
        predictions = mixture;
    }

    /** From now on probabilities and classes are what this says. Where it tempers, there must be room for a mixture. */
    public final void decide(Decision how) {
        decision = how;
    }

    /**
     * Takes the outputs of one network that draws nothing, whose targets are not scaled, as they are.
     *
     * @param passRows how many rows there are
     * @param single before the link; kept
     * @param link applies the likelihood's link; what it returns is kept
     */
    public void single(int passRows, Tensor single, UnaryOperator<Tensor> link) {
        rows = passRows;
        components = 0;
        rankedRow = -1;
        outputs = decision.tempers() ? tempered(single) : single;
        predictions = described(link.apply(outputs));
    }

    private Tensor tempered(Tensor single) {
        double temperature = decision.temperature();
        for (int i = 0; i < mixture.array().length && single.offset() + i < single.array().length; i++) {
            mixture.array()[i] = (float) (single.array()[single.offset() + i] / temperature);
        }
        return mixture;
    }

    /** Begins a mixture for the rows of a pass. */
    public void begin(int passRows) {
        rows = passRows;
        components = 0;
        Arrays.fill(sums, 0);
        Arrays.fill(squares, 0);
    }

    /**
     * Adds a component.
     *
     * @param before read: a network's outputs before the link, one row a row of the pass
     * @param component read: the same after it
     */
    public void add(Tensor before, Tensor component) {
        components++;
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < size; i++) {
                double value = component.array()[component.rowOffset(row) + i];
                sums[row * size + i] += value;
                squares[row * size + i] += value * value;
            }
        }
    }

    /**
     * Completes the mixture.
     *
     * @param link applies the likelihood's link; what it returns is kept, and may be written to
     */
    public void mix(UnaryOperator<Tensor> link) {
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < size; i++) {
                mixture.array()[row * size + i] = (float) (output(row, i) / decision.temperature());
            }
        }
        outputs = mixture;
        rankedRow = -1;
        predictions = link.apply(mixture);
        if (scaling != null) {
            unscale(predictions);
        }
        predictions = described(predictions);
    }

    /** Predictions in place of the outputs after the link, where these are not what is predicted. */
    Tensor described(Tensor linked) {
        return linked;
    }

    /** The distributions of each head, where the network has several. */
    List<PredictiveDistribution> heads() {
        return List.of();
    }

    /**
     * What metrics are computed from.
     *
     * @param batch the rows of the pass
     * @param lengths valid steps of each row of the outputs; null: all
     */
    public MetricRows metricRows(Batch batch, int @Nullable [] lengths) {
        return new MetricRows(batch, lengths, outputs, predictions, densities(), decision.threshold());
    }

    /** An output before the link that stands for the mixture. */
    abstract double output(int row, int index);

    /** Brings predictions into the targets' own units where the link of {@link #output} does not give them in these. */
    void unscale(Tensor linked) {}

    /** Where rows end, whose outputs are sequences; null: they have all steps. Holds until the next call. */
    public final void endAt(int @Nullable [] validSteps) {
        lengths = validSteps;
    }

    /** Valid steps of a row whose outputs are a sequence; 1 of another. */
    public final int steps(int row) {
        return lengths == null || steps == 1 ? steps : lengths[row];
    }

    /** Predictions of a step. */
    final int stepWidth() {
        return predictions.shape().size() / steps;
    }

    final boolean isMixture() {
        return components > 0;
    }

    final int components() {
        return components;
    }

    /** Elements of the largest mixture. */
    final int mixedElements() {
        return sums.length;
    }

    final int size() {
        return size;
    }

    final int rows() {
        return rows;
    }

    /** Mean over the components of an output after the link, in the units that the network predicts in. */
    final double average(int row, int index) {
        return sums[row * size + index] / components;
    }

    /** Variance over the components of an output after the link, in the units that the network predicts in. */
    final double spread(int row, int index) {
        double average = average(row, index);
        return Math.max(0, squares[row * size + index] / components - average * average);
    }

    /** The mean of the number with this index, in the targets' own units. */
    final double mean(int row, int index) {
        return unscaledMean(average(row, index), index);
    }

    /** A mean of the number with this index, brought into the targets' own units. */
    final double unscaledMean(double mean, int index) {
        return scaling == null
                ? mean
                : mean * scaling.std()[target(index, scaling)] + scaling.mean()[target(index, scaling)];
    }

    /** A mean in the targets' own units of the number with this index, as the network predicts it. */
    final double scaledMean(double mean, int index) {
        return scaling == null
                ? mean
                : (mean - scaling.mean()[target(index, scaling)]) / scaling.std()[target(index, scaling)];
    }

    /** A variance in the targets' own units of the number with this index, as the network predicts it. */
    final double scaled(double variance, int index) {
        return variance / unscaled(1, index);
    }

    /** A variance of the number with this index, brought into the targets' own units. */
    final double unscaled(double variance, int index) {
        if (scaling == null) {
            return variance;
        }
        double std = scaling.std()[target(index, scaling)];
        return variance * std * std;
    }

    private int target(int index, Scaling seenThrough) {
        return index % targets % seenThrough.std().length;
    }

    /** Outputs before the link; those of a predicted variance, and its mean, are scaled as the targets are. */
    public final Tensor outputs() {
        return outputs;
    }

    /** Outputs after the link, one row a row of the pass: probabilities, rates, means, means and variances. */
    public final Tensor predictions() {
        return predictions;
    }

    /**
     * The class that is predicted: the first of the most probable ones, or of two classes what the threshold decides.
     *
     * @param at of the step's first output
     * @param classes outputs of the step
     */
    public final int decided(int row, int at, int classes) {
        if (decision.decides() && classes == 2 || classes == 1) {
            return prediction(row, at + classes - 1) >= boundary() ? 1 : 0;
        }
        int best = 0;
        for (int i = 1; i < classes; i++) {
            best = prediction(row, at + i) > prediction(row, at + best) ? i : best;
        }
        return best;
    }

    /** The prediction from which on the second of two classes is predicted. */
    float boundary() {
        return decision.threshold().floatValue();
    }

    /**
     * The class whose probability is greater than that of all but {@code rank} others; of equal ones the first comes
     * first. Ranks of a row are cheap if they are asked for in order.
     *
     * @param rank from 0, less than the number of classes
     */
    public final int ranked(int row, int rank) {
        return ranked(row, 0, rank);
    }

    /** The same of a step. */
    final int ranked(int row, int step, int rank) {
        if (row != rankedRow || step != rankedStep) {
            rankedRow = row;
            rankedStep = step;
            ranked = 0;
        }
        if (rank >= ranking.length) {
            ranking = Arrays.copyOf(ranking, Math.max(rank + 1, 2 * ranking.length));
        }
        while (ranked <= rank) {
            ranking[ranked] = ranked == 0
                    ? decided(row, step * stepWidth(), stepWidth())
                    : next(row, step * stepWidth(), ranking[ranked - 1]);
            ranked++;
        }
        return ranking[rank];
    }

    /** The most probable class of those that rank behind another one. */
    private int next(int row, int at, int above) {
        float limit = prediction(row, at + above);
        int best = -1;
        for (int i = 0; i < stepWidth(); i++) {
            float value = prediction(row, at + i);
            boolean behind = value < limit || value == limit && i > above;
            best = behind && (best < 0 || value > prediction(row, at + best)) ? i : best;
        }
        return best;
    }

    /** How it is decided. */
    public final Decision decision() {
        return decision;
    }

    /** An output after the link. */
    public final float prediction(int row, int index) {
        return predictions.array()[predictions.rowOffset(row) + index];
    }

    /**
     * Variance that the components' means have: what is not known about the function. Of the output with this index.
     */
    public double epistemicVariance(int row, int index) {
        return isMixture() ? unscaled(spread(row, index), index) : 0;
    }

    /**
     * Mean of the variances that the components predict: noise of the targets. 0 where the likelihood has none. Of the
     * output with this index.
     */
    public double aleatoricVariance(int row, int index) {
        return 0;
    }

    /** The whole variance, aleatoric and epistemic, of the output with this index. */
    public final double variance(int row, int index) {
        return aleatoricVariance(row, index) + epistemicVariance(row, index);
    }

    /** Root of the {@link #variance}. */
    public final double standardDeviation(int row, int index) {
        return Math.sqrt(variance(row, index));
    }

    /**
     * Lower end of the central 95 %: of the predicted distribution where the noise is known, a quantile of the mixture;
     * otherwise of the Gaussian with the mean and the deviation of the output with this index, as far as it lies where
     * such a number can be: {@code max(m - 1.96 s, least)}.
     */
    public double lower95(int row, int index) {
        return Math.max(prediction(row, index) - GaussianFit.HALF_WIDTH * standardDeviation(row, index), least());
    }

    /** Upper end of the same: {@code min(m + 1.96 s, most)}. */
    public double upper95(int row, int index) {
        return Math.min(prediction(row, index) + GaussianFit.HALF_WIDTH * standardDeviation(row, index), most());
    }

    /** The distributions of numbers whose noise is known; null where it is not, or where there are none. */
    public @Nullable Densities densities() {
        return null;
    }

    /** The least that a target's mean can be. */
    double least() {
        return Double.NEGATIVE_INFINITY;
    }

    /** The most that a target's mean can be. */
    double most() {
        return Double.POSITIVE_INFINITY;
    }

    /** Entropy {@code H(p)} of a row's probabilities, in nats; 0 where outputs are none. */
    public double predictiveEntropy(int row) {
        return 0;
    }

    /** The same of the probabilities of a step. */
    double predictiveEntropy(int row, int step) {
        return predictiveEntropy(row);
    }

    /** As {@link #mutualInformation(int)}, of a step. */
    double mutualInformation(int row, int step) {
        return mutualInformation(row);
    }

    /** The part of {@link #predictiveEntropy} that comes from the components not agreeing; 0 if there is only one. */
    public double mutualInformation(int row) {
        return 0;
    }
}
