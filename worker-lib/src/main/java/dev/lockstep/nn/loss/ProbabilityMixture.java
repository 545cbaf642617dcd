package dev.lockstep.nn.loss;

import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;

/** The predictive distribution where outputs are probabilities: it knows entropies, of the mixture and within it. */
abstract class ProbabilityMixture extends PredictiveDistribution {
    /** A probability of 0 has no logarithm; this one's is that of the least normal float. */
    static final double LEAST_PROBABILITY = Float.MIN_NORMAL;

    /** Sum of the entropies of what each component predicts, a row. */
    private final double[] entropies;

    /** The same, a step; none where outputs are no sequence. */
    private final double[] stepEntropies;

    private final int steps;

    ProbabilityMixture(Shape output, int targets, int mixedRows) {
        super(output, targets, mixedRows, null);
        entropies = new double[mixedRows];
        steps = output.rank() == 2 ? output.dimension(0) : 1;
        stepEntropies = new double[steps > 1 ? mixedRows * steps : 0];
    }

    /** What one probability adds to a row's entropy, in nats. */
    abstract double entropy(double probability);

    @Override
    public void begin(int passRows) {
        super.begin(passRows);
        Arrays.fill(entropies, 0);
        Arrays.fill(stepEntropies, 0);
    }

    @Override
    public void add(Tensor before, Tensor component) {
        super.add(before, component);
        for (int row = 0; row < rows(); row++) {
            for (int i = 0; i < size(); i++) {
                double entropy = entropy(component.array()[component.rowOffset(row) + i]);
                entropies[row] += entropy;
                if (steps > 1) {
                    stepEntropies[row * steps + i / (size() / steps)] += entropy;
                }
            }
        }
    }

    @Override
    public final double predictiveEntropy(int row) {
        return predicted(row, 0, size());
    }

    @Override
    final double predictiveEntropy(int row, int step) {
        return predicted(row, step * stepWidth(), (step + 1) * stepWidth());
    }

    private double predicted(int row, int from, int to) {
        double entropy = 0;
        for (int i = from; i < to; i++) {
            entropy += entropy(prediction(row, i));
        }
        return entropy;
    }

    @Override
    final double mutualInformation(int row, int step) {
        if (steps == 1 || !isMixture()) {
            return mutualInformation(row);
        }
        double own = stepEntropies[row * steps + step] / components();
        return Math.max(0, mixtureEntropy(row, step * stepWidth(), (step + 1) * stepWidth()) - own);
    }

    @Override
    public final double mutualInformation(int row) {
        return isMixture() ? Math.max(0, mixtureEntropy(row, 0, size()) - entropies[row] / components()) : 0;
    }

    /** Of the mean of the components' probabilities: no temperature takes part in how far they agree. */
    private double mixtureEntropy(int row, int from, int to) {
        if (!decision().tempers()) {
            return predicted(row, from, to);
        }
        double entropy = 0;
        for (int i = from; i < to; i++) {
            entropy += entropy(average(row, i));
        }
        return entropy;
    }

    @Override
    final double least() {
        return 0;
    }

    @Override
    final double most() {
        return 1;
    }

    /** {@code -p log p}, which is 0 where {@code p} is. */
    static double surprise(double probability) {
        return probability <= 0 ? 0 : -probability * StrictMath.log(probability);
    }
}
