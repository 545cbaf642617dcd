package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.NumberRange;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Binary cross-entropy from logits, {@code l = 1/d sum_j (max(z_j, 0) - z_j t_j + log(1 + exp(-|z_j|)))}: the negative
 * log-likelihood of {@code d} independent Bernoulli variables with probabilities {@code sigmoid(z)} (Cox 1958).
 * Gradient {@code 1/d (sigmoid(z_j) - t_j)}.
 *
 * <p>Output {@code [d]}, target {@code d} numbers from 0 to 1, or the label of two classes and one output. Accuracy
 * counts the outputs on the target's side of one half; a probability of one half says 1.
 *
 * @param classWeights factors of the weights of targets 0 and 1, or such that both count alike; both 1 unless given
 */
@SpecName("binaryCrossEntropy")
public record BinaryCrossEntropy(@Nullable ClassWeights classWeights) implements ElementLoss {
    private static final NumberRange PROBABILITIES = new NumberRange(0, 1, false, "a target from 0 to 1");

    /** Without class weights. */
    public BinaryCrossEntropy() {
        this(null);
    }

    @Override
    public String label() {
        return "binaryCrossEntropy";
    }

    @Override
    public void check(Shape output, Shape target, int classes) {
        ElementLoss.super.check(output, target, classes);
        if (classes != 0 && classes != 2) {
            throw new IllegalArgumentException("binaryCrossEntropy: expected 2 classes, got " + classes);
        }
        if (classWeights != null) {
            classWeights.check(label(), 2, target.size());
        }
    }

    @Override
    public NumberRange targets() {
        return PROBABILITIES;
    }

    @Override
    public boolean balances() {
        return classWeights != null && classWeights.areBalanced();
    }

    @Override
    public Loss balanced(double[] classTotals) {
        return balances() ? new BinaryCrossEntropy(ClassWeights.balance(classTotals)) : this;
    }

    @Override
    public Curvature curvature() {
        return Curvatures.each(z -> {
            double tail = StrictMath.exp(-Math.abs(z));
            return tail / ((1 + tail) * (1 + tail));
        });
    }

    @Override
    public Likelihood likelihood() {
        return new BernoulliLikelihood();
    }

    @Override
    public double loss(float output, float target) {
        if (!PROBABILITIES.holds(target)) {
            throw new IllegalArgumentException(
                    "binaryCrossEntropy: expected " + PROBABILITIES.expected() + ", got " + target);
        }
        double z = output;
        return Math.max(z, 0) - z * target + StrictMath.log1p(StrictMath.exp(-Math.abs(z)));
    }

    @Override
    public double derivative(float output, float target) {
        return 1 / (1 + StrictMath.exp(-(double) output)) - target;
    }

    @Override
    public double score(float output, float target) {
        return output >= 0 == target >= 0.5f ? 1 : 0;
    }

    @Override
    public double targetWeight(float target) {
        int label = target >= 0.5f ? 1 : 0;
        return classWeights == null ? 1 : classWeights.of(label);
    }
}
