package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.loss.PredictionColumn.Content;
import dev.lockstep.nn.metric.ClassCounts;
import dev.lockstep.nn.metric.Metric;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.RocAuc;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hinge loss, that of support vector machines: outputs are margins, not probabilities.
 *
 * <ul>
 *   <li>Two classes and one output {@code z} (Cortes and Vapnik 1995): {@code l = max(0, 1 - s z)} with {@code s} -1
 *       for the first class and 1 for the second, which is predicted where {@code z >= 0}. Gradient {@code -s} where
 *       the margin {@code s z} is less than 1, otherwise 0.
 *   <li>{@code K} classes and as many outputs (Crammer and Singer 2001): {@code l = max(0, 1 + z_r - z_t)} with
 *       {@code r} the greatest of the other classes, the first of equal ones. Gradient 1 for {@code r} and -1 for
 *       {@code t} where the loss is above 0.
 * </ul>
 *
 * <p>Output {@code [1]} or {@code [K]}, target one class index; or {@code [steps, ...]}, target one class index a step:
 * each valid step counts like a row.
 *
 * @param classWeights one factor a class, or such that all count alike; all 1 unless given
 */
@SpecName("hinge")
public record Hinge(@Nullable ClassWeights classWeights) implements Loss {
    private static final String LABEL = "hinge";

    /** All classes weigh 1. */
    public Hinge() {
        this(null);
    }

    @Override
    public void check(Shape output, Shape target, int classes) {
        boolean one = output.last() == 1 && classes == 2;
        if (!one) {
            ClassTargets.check(LABEL, output, target, classes, classWeights);
        } else if (output.rank() > 2 || target.size() != output.size()) {
            throw new IllegalArgumentException(LABEL + ": the network's output " + output + " needs " + output.size()
                    + " class labels a row, the target is " + target);
        } else if (classWeights != null) {
            classWeights.check(LABEL, classes, target.size());
        }
    }

    @Override
    public boolean balances() {
        return classWeights != null && classWeights.areBalanced();
    }

    @Override
    public Loss balanced(double[] classTotals) {
        return balances() ? new Hinge(ClassWeights.balance(classTotals)) : this;
    }

    @Override
    public Likelihood likelihood() {
        return new Margins();
    }

    @Override
    public void evaluate(Pass pass, Tensor output, Tensor target, float[] weights, Tensor dOutput, RowLosses rows) {
        Steps steps = new Steps(pass, output.shape());
        int width = steps.width();
        for (int row = 0; row < pass.rows(); row++) {
            double lossSum = 0;
            double weightSum = 0;
            double scoreSum = 0;
            for (int step = 0; step < steps.of(row); step++) {
                int at = output.rowOffset(row) + step * width;
                int gradientAt = dOutput.rowOffset(row) + step * width;
                int label = ClassTargets.label(LABEL, target.array()[target.rowOffset(row) + step], Math.max(2, width));
                double weight = classWeights == null ? weights[row] : weights[row] * classWeights.of(label);
                int rival = width == 1 ? 1 - label : rival(output.array(), at, width, label);
                double margin = margin(output.array(), at, width, label, rival);
                boolean inside = margin < 1;
                Arrays.fill(dOutput.array(), gradientAt, gradientAt + width, 0f);
                if (inside) {
                    slope(dOutput.array(), gradientAt, width, label, rival, (float) weight);
                }
                lossSum += inside ? weight * (1 - margin) : 0;
                weightSum += weight;
                scoreSum += margin > 0 || margin == 0 && wins(width, label, rival) ? weights[row] : 0;
            }
            steps.clearMasked(row, dOutput);
            rows.loss()[row] = lossSum;
            rows.weight()[row] = weightSum;
            rows.score()[row] = scoreSum;
            rows.scoreWeight()[row] = (double) weights[row] * steps.of(row);
        }
    }

    /** The other class with the greatest output, the first of equal ones. */
    private static int rival(float[] outputs, int at, int classes, int label) {
        int best = label == 0 ? 1 : 0;
        for (int k = best + 1; k < classes; k++) {
            best = k != label && outputs[at + k] > outputs[at + best] ? k : best;
        }
        return best;
    }

    private static double margin(float[] outputs, int at, int width, int label, int rival) {
        return width == 1
                ? label == 1 ? outputs[at] : -(double) outputs[at]
                : (double) outputs[at + label] - outputs[at + rival];
    }

    private static void slope(float[] gradient, int at, int width, int label, int rival, float weight) {
        if (width == 1) {
            gradient[at] = label == 1 ? -weight : weight;
        } else {
            gradient[at + rival] = weight;
            gradient[at + label] = -weight;
        }
    }

    /** Of equal outputs the first class is predicted; of a single one that is 0 the second. */
    private static boolean wins(int width, int label, int rival) {
        return width == 1 ? label == 1 : label < rival;
    }

    /** Margins of classes, which say on which side of a border a row lies and how far, but not how probable that is. */
    record Margins() implements Likelihood {
        /** Most classes for which there is a confusion matrix. */
        private static final int MOST_COUNTED = 256;

        @Override
        public Activation link() {
            return new Activation.Linear();
        }

        @Override
        public boolean takesPlainOutputs() {
            return true;
        }

        @Override
        public Score score() {
            return Score.ACCURACY;
        }

        @Override
        public boolean classifies(int labelColumns) {
            return true;
        }

        @Override
        public boolean allowsScaledTargets() {
            return false;
        }

        @Override
        public int targets(Shape output) {
            return 1;
        }

        @Override
        public MetricSet metrics(Shape output) {
            int classes = Math.max(2, output.last());
            List<Metric> metrics = new ArrayList<>();
            if (classes <= MOST_COUNTED) {
                metrics.add(new ClassCounts(classes));
            }
            if (output.rank() == 1 && classes == 2) {
                metrics.add(new RocAuc(1, output.last() == 1 ? RocAuc.Kind.LABELS : RocAuc.Kind.CLASSES));
            }
            return new MetricSet(metrics);
        }

        @Override
        public List<PredictionColumn> columns(TargetNames names, Shape output, boolean mixed) {
            List<PredictionColumn> columns = new ArrayList<>();
            columns.add(PredictionColumn.of(Content.MOST_PROBABLE_CLASS));
            for (int k = 0; k < output.size(); k++) {
                columns.add(
                        output.size() == 1
                                ? PredictionColumn.of(Content.MARGIN)
                                : PredictionColumn.of(Content.MARGIN, k, names.ofClass(k)));
            }
            return columns;
        }

        @Override
        public PredictiveDistribution distribution(Shape output, int mixedRows, @Nullable Scaling scaling) {
            return new Mixture(output, mixedRows);
        }

        /** The mean of the components' margins. */
        private static final class Mixture extends PredictiveDistribution {
            Mixture(Shape output, int mixedRows) {
                super(output, 1, mixedRows, null);
            }

            @Override
            double output(int row, int index) {
                return average(row, index);
            }

            @Override
            float boundary() {
                return 0;
            }
        }
    }
}
