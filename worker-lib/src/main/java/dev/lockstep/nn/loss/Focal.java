package dev.lockstep.nn.loss;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Focal loss from logits (Lin et al. 2017), {@code l = -(1 - p_t)^gamma log p_t} with {@code p = softmax(z)} and
 * {@code t} the target's class: cross-entropy in which rows count the less the surer they are right, so that many easy
 * ones do not drown a few hard ones. Gradient {@code h (p_k - [k = t])} with {@code h = (1 - p_t)^gamma - gamma p_t (1
 * - p_t)^(gamma - 1) log p_t}; {@code gamma} 0 is cross-entropy.
 *
 * <p>Output {@code [classes]}, target one class index; or output {@code [steps, classes]}, target one class index a
 * step: each valid step counts like a row. A class weight multiplies the weight of rows (or steps) of its class in the
 * loss; metrics leave it out. The probabilities of what is learned are too unsure of themselves: temperature scaling
 * sets them right.
 *
 * @param gamma at least 0; 2 unless given
 * @param classWeights one factor a class, or such that all count alike; all 1 unless given
 */
@SpecName("focal")
public record Focal(Double gamma, @Nullable ClassWeights classWeights) implements Loss {
    private static final String LABEL = "focal";

    public Focal {
        gamma = gamma == null ? 2 : Expect.notNegative("gamma", gamma);
    }

    @Override
    public void check(Shape output, Shape target, int classes) {
        ClassTargets.check(LABEL, output, target, classes, classWeights);
    }

    @Override
    public boolean balances() {
        return classWeights != null && classWeights.areBalanced();
    }

    @Override
    public Loss balanced(double[] classTotals) {
        return balances() ? new Focal(gamma, ClassWeights.balance(classTotals)) : this;
    }

    @Override
    public Likelihood likelihood() {
        return new CategoricalLikelihood();
    }

    @Override
    public void evaluate(Pass pass, Tensor output, Tensor target, float[] weights, Tensor dOutput, RowLosses rows) {
        Steps steps = new Steps(pass, output.shape());
        int classes = steps.width();
        Kernels kernels = Kernels.get();
        for (int row = 0; row < pass.rows(); row++) {
            double lossSum = 0;
            double weightSum = 0;
            double scoreSum = 0;
            for (int step = 0; step < steps.of(row); step++) {
                int at = output.rowOffset(row) + step * classes;
                int gradientAt = dOutput.rowOffset(row) + step * classes;
                int label = ClassTargets.label(LABEL, target.array()[target.rowOffset(row) + step], classes);
                double weight = classWeights == null ? weights[row] : weights[row] * classWeights.of(label);
                double logSumExp =
                        kernels.softmax().softmaxLogSumExp(output.array(), at, dOutput.array(), gradientAt, classes);
                double logProbability = output.array()[at + label] - logSumExp;
                double others = others(dOutput.array(), gradientAt, classes, label);
                dOutput.array()[gradientAt + label] = (float) -others;
                float scale = (float) (weight * slope(logProbability, others));
                kernels.elementwise().scale(scale, dOutput.array(), gradientAt, dOutput.array(), gradientAt, classes);
                lossSum -= weight * StrictMath.pow(others, gamma) * logProbability;
                weightSum += weight;
                scoreSum += kernels.reductions().argMax(output.array(), at, classes) == label ? weights[row] : 0;
            }
            steps.clearMasked(row, dOutput);
            rows.loss()[row] = lossSum;
            rows.weight()[row] = weightSum;
            rows.score()[row] = scoreSum;
            rows.scoreWeight()[row] = (double) weights[row] * steps.of(row);
        }
    }

    /** {@code 1 - p_t}, without what a difference would lose. */
    private static double others(float[] probabilities, int at, int classes, int label) {
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            sum += k == label ? 0 : probabilities[at + k];
        }
        return sum;
    }

    /** {@code h}; where {@code p_t} is 1 its limit. */
    private double slope(double logProbability, double others) {
        if (others <= 0) {
            return gamma == 0 ? 1 : 0;
        }
        double power = StrictMath.pow(others, gamma);
        return power - gamma * StrictMath.exp(logProbability) * power / others * logProbability;
    }
}
