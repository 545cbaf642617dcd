package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Quantile or pinball loss (Koenker and Bassett 1978) for {@code K} levels {@code q_k}: with {@code e = t_j - y_kj},
 * {@code l = 1/(d K) sum_kj max(q_k e, (q_k - 1) e)}, least where a share {@code q_k} of the targets lies below
 * {@code y_kj}. It needs no assumption about the noise. Gradient {@code 1/(d K) ([y_kj >= t_j] - q_k)}.
 *
 * <p>For a target {@code [d]} the output is {@code [K d]}: all targets' first quantile, then their second, and so on;
 * or {@code [steps, K d]}, each valid step counting like a row. Nothing keeps quantiles of different levels from
 * crossing. The score is that of the level nearest to one half, which is the prediction.
 *
 * @param levels above 0 and below 1, in increasing order; 0.05, 0.5 and 0.95 unless given
 */
@SpecName("quantile")
public record Quantile(List<Double> levels) implements Loss {
    private static final Scaling UNSCALED = Scaling.of(0, 1);
    private static final List<Double> LEVELS = List.of(0.05, 0.5, 0.95);

    public Quantile {
        levels = levels == null ? LEVELS : List.copyOf(levels);
        double before = 0;
        for (double level : levels) {
            if (!(level > before && level < 1)) {
                throw new IllegalArgumentException(
                        "levels: expected numbers above 0 and below 1 in increasing order, got " + levels);
            }
            before = level;
        }
        if (levels.isEmpty()) {
            throw new IllegalArgumentException("levels: expected at least one, got none");
        }
    }

    @Override
    public void check(Shape output, Shape target, int classes) {
        if (output.size() != levels.size() * target.size() || output.last() % levels.size() != 0) {
            throw new IllegalArgumentException("quantile: the network's output " + output + " has to be "
                    + levels.size() + " times as large as the target " + target + ", a number for each of the levels "
                    + levels);
        }
    }

    @Override
    public Likelihood likelihood() {
        return new QuantileLikelihood(levels);
    }

    @Override
    public void evaluate(Pass pass, Tensor output, Tensor target, float[] weights, Tensor dOutput, RowLosses rows) {
        evaluateInOwnUnits(pass, output, target, null, weights, dOutput, rows);
    }

    @Override
    public boolean scalesWithTargets() {
        return true;
    }

    @Override
    public void train(
            Pass pass,
            Tensor output,
            Tensor target,
            @Nullable Scaling scaling,
            float[] weights,
            Tensor dOutput,
            RowLosses rows) {
        evaluateScaled(pass, output, target, scaling == null ? UNSCALED : scaling, weights, dOutput, rows);
    }

    /** Quantiles move and scale with the targets: the loss is in their unit if outputs are. */
    @Override
    public void evaluateInOwnUnits(
            Pass pass,
            Tensor output,
            Tensor target,
            @Nullable Scaling scaling,
            float[] weights,
            Tensor dOutput,
            RowLosses rows) {
        evaluateScaled(pass, output, target, UNSCALED, weights, dOutput, rows);
    }

    /** Outputs and targets in one unit, losses and scores in that of which it is a standard deviation. */
    private void evaluateScaled(
            Pass pass, Tensor output, Tensor target, Scaling scaling, float[] weights, Tensor dOutput, RowLosses rows) {
        Steps steps = new Steps(pass, output.shape());
        int d = steps.width() / levels.size();
        int middle = QuantileLikelihood.middle(levels);
        for (int row = 0; row < pass.rows(); row++) {
            double share = (double) weights[row] / steps.width();
            double lossSum = 0;
            double scoreSum = 0;
            for (int i = 0; i < steps.of(row) * steps.width(); i++) {
                int level = i % steps.width() / d;
                double q = levels.get(level);
                double t = target.array()[target.rowOffset(row) + i / steps.width() * d + i % d];
                double e = t - output.array()[output.rowOffset(row) + i];
                double std = scaling.std()[i % d % scaling.std().length];
                lossSum += (e > 0 ? q * e : (q - 1) * e) * std;
                scoreSum += level == middle ? e * std * (e * std) : 0;
                dOutput.array()[dOutput.rowOffset(row) + i] = (float) (share * (e > 0 ? -q : 1 - q));
            }
            steps.clearMasked(row, dOutput);
            rows.loss()[row] = share * lossSum;
            rows.weight()[row] = (double) weights[row] * steps.of(row);
            rows.score()[row] = weights[row] * scoreSum / d;
            rows.scoreWeight()[row] = rows.weight()[row];
        }
    }
}
