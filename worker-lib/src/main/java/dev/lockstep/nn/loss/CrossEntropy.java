package dev.lockstep.nn.loss;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Categorical cross-entropy from logits, {@code l = logsumexp(z) - sum_k q_k z_k}: the negative log-likelihood of a
 * categorical distribution with probabilities {@code softmax(z)}. {@code q} is 1 for the target's class, 0 for the
 * others; with label smoothing {@code eps} (Szegedy et al. 2016) {@code q = (1 - eps) onehot(t) + eps / K}. Gradient
 * {@code softmax(z) - q}.
 *
 * <p>Output {@code [classes]}, target one class index; or output {@code [steps, classes]}, target one class index a
 * step: each valid step counts like a row. A class weight multiplies the weight of rows (or steps) of its class in the
 * loss; metrics leave it out.
 *
 * @param labelSmoothing {@code eps} in [0, 1); 0 unless given
 * @param classWeights one factor a class, or such that all count alike; all 1 unless given
 */
@SpecName("crossEntropy")
public record CrossEntropy(Double labelSmoothing, @Nullable ClassWeights classWeights) implements Loss {
    private static final String LABEL = "crossEntropy";

    public CrossEntropy {
        labelSmoothing = labelSmoothing == null ? 0 : Expect.inRange("labelSmoothing", labelSmoothing, 0, 1);
    }

    /** Plain: no smoothing, equal classes. */
    public CrossEntropy() {
        this(0.0, null);
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
        return balances() ? new CrossEntropy(labelSmoothing, ClassWeights.balance(classTotals)) : this;
    }

    @Override
    public Curvature curvature() {
        return Curvatures::classes;
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
                float weight = classWeights == null ? weights[row] : (float) (weights[row] * classWeights.of(label));
                double logSumExp =
                        kernels.softmax().softmaxLogSumExp(output.array(), at, dOutput.array(), gradientAt, classes);
                subtractTarget(dOutput.array(), gradientAt, classes, label);
                if (weight != 1f) {
                    kernels.elementwise()
                            .scale(weight, dOutput.array(), gradientAt, dOutput.array(), gradientAt, classes);
                }
                int best = kernels.reductions().argMax(output.array(), at, classes);
                lossSum += weight * (logSumExp - crossed(output.array(), at, classes, label));
                weightSum += weight;
                scoreSum += best == label ? weights[row] : 0;
            }
            steps.clearMasked(row, dOutput);
            rows.loss()[row] = lossSum;
            rows.weight()[row] = weightSum;
            rows.score()[row] = scoreSum;
            rows.scoreWeight()[row] = (double) weights[row] * steps.of(row);
        }
    }

    /** {@code sum_k q_k z_k}. */
    private double crossed(float[] logits, int at, int classes, int label) {
        double crossed = logits[at + label];
        if (labelSmoothing == 0) {
            return crossed;
        }
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            sum += logits[at + k];
        }
        return (1 - labelSmoothing) * crossed + labelSmoothing / classes * sum;
    }

    /** {@code gradient_k = gradient_k - q_k}. */
    private void subtractTarget(float[] gradient, int at, int classes, int label) {
        if (labelSmoothing == 0) {
            gradient[at + label] -= 1f;
            return;
        }
        float rest = (float) (labelSmoothing / classes);
        for (int k = 0; k < classes; k++) {
            gradient[at + k] -= rest;
        }
        gradient[at + label] -= (float) (1 - labelSmoothing);
    }
}
