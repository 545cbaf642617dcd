package dev.lockstep.nn.train;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The loss of quality of a network when the cells of a column are exchanged between rows: the figure with exchanged
 * cells minus the figure without for the loss and for errors, the other way round for an accuracy. Near 0: the network
 * does without the column, or another one says the same.
 *
 * @param column its name
 * @param loss by how much the mean loss grows
 * @param score by how much the {@link Score} gets worse
 * @param classes by how much the score gets worse for the rows of each class; none where targets are no classes
 */
public record ColumnImportance(String column, Figure loss, Figure score, List<Figure> classes) {
    /**
     * A figure over all permutations of a column.
     *
     * @param mean the mean
     * @param deviation the standard deviation of a permutation's figure, {@code sqrt(sum (x - mean)^2 / (n - 1))}; 0 of
     *     a single one
     */
    public record Figure(double mean, double deviation) {
        private static Figure of(double[] values) {
            double sum = 0;
            for (double value : values) {
                sum += value;
            }
            double mean = sum / values.length;
            double squares = 0;
            for (double value : values) {
                squares += (value - mean) * (value - mean);
            }
            return new Figure(mean, values.length == 1 ? 0 : Math.sqrt(squares / (values.length - 1)));
        }
    }

    /**
     * The importance of each column, in their order.
     *
     * @param permutation what was exchanged
     * @param losses of all rows
     * @param score of the network
     */
    public static List<ColumnImportance> of(ColumnPermutation permutation, PermutedLosses losses, Score score) {
        ToDoubleFunction<LossSum> badness = sum -> score.moreIsBetter() ? -score.of(sum) : score.of(sum);
        List<String> names = permutation.columns().names();
        List<ColumnImportance> importances = new ArrayList<>(names.size());
        for (int column = 0; column < names.size(); column++) {
            List<Figure> classes = new ArrayList<>();
            for (int k = 1; k <= permutation.classes(); k++) {
                classes.add(figure(permutation, losses, column, k, badness));
            }
            importances.add(new ColumnImportance(
                    names.get(column),
                    figure(permutation, losses, column, 0, LossSum::meanLoss),
                    figure(permutation, losses, column, 0, badness),
                    classes));
        }
        return importances;
    }

    private static Figure figure(
            ColumnPermutation permutation,
            PermutedLosses losses,
            int column,
            int group,
            ToDoubleFunction<LossSum> measure) {
        double before = measure.applyAsDouble(losses.sums().get(group));
        double[] values = new double[permutation.repeats()];
        for (int repeat = 0; repeat < values.length; repeat++) {
            LossSum after = losses.sums().get(permutation.sums(column, repeat) + group);
            values[repeat] = measure.applyAsDouble(after) - before;
        }
        return Figure.of(values);
    }
}
