package dev.lockstep.nn.metric;

import dev.lockstep.nn.spec.Expect;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Area under the receiver operating characteristic, exact: the probability that a positive row scores higher than a
 * negative one, ties counting half (Mann and Whitney 1947), from all scores, sorted. {@code rocAuc} is the mean of
 * {@code rocAucs} over the questions; one for which only one answer occurs is NaN and left out of the mean.
 *
 * <p>Keeps a number for each row and question: for small test sets and few classes.
 *
 * @param questions how many there are: one for two classes or a single logit; otherwise each class against the rest, or
 *     each label
 * @param kind what the questions are
 */
public record RocAuc(int questions, Kind kind) implements Metric {

    /** What outputs mean. */
    public enum Kind {
        /** One class of several: a class's score is its probability; of two classes, the difference of the logits. */
        CLASSES,
        /** Each output is the logit of a yes-or-no question of its own. */
        LABELS
    }

    public RocAuc {
        Expect.atLeast("questions", questions, 1);
    }

    @Override
    public MetricSum empty() {
        return new MetricSum(0);
    }

    /** Appends weight, and for each question the score and whether it is positive. */
    @Override
    public void add(MetricSum sum, MetricRows rows) {
        for (int row = 0; row < rows.rows(); row++) {
            for (int step = 0; step < rows.steps(row); step++) {
                sum.append(rows.weight(row));
                for (int q = 0; q < questions; q++) {
                    // Both zeros are one score.
                    sum.append(score(rows, row, step, q) + 0.0);
                    sum.append(positive(rows, row, step, q) ? 1 : 0);
                }
            }
        }
    }

    private double score(MetricRows rows, int row, int step, int question) {
        if (kind == Kind.LABELS) {
            return rows.output(row, step, question);
        }
        if (questions == 1) {
            return (double) rows.output(row, step, 1) - rows.output(row, step, 0);
        }
        return rows.prediction(row, step, question);
    }

    private boolean positive(MetricRows rows, int row, int step, int question) {
        if (kind == Kind.LABELS) {
            return rows.target(row, step, question) >= 0.5f;
        }
        return (int) rows.target(row, step, 0) == (questions == 1 ? 1 : question);
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        left.appendAll(right);
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        double[] areas = new double[questions];
        double total = 0;
        int known = 0;
        for (int q = 0; q < questions; q++) {
            areas[q] = area(sum, q);
            if (!Double.isNaN(areas[q])) {
                total += areas[q];
                known++;
            }
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("rocAuc", total / known);
        figures.put("rocAucs", areas);
        return figures;
    }

    /**
     * Adds up, over the positives in rising order of their scores, the negatives below and half of those at the same
     * score.
     */
    private double area(MetricSum sum, int question) {
        int fields = 1 + 2 * questions;
        int rows = sum.size() / fields;
        Integer[] order = new Integer[rows];
        Arrays.setAll(order, i -> i);
        int at = 1 + 2 * question;
        Arrays.sort(order, (a, b) -> Double.compare(sum.get(a * fields + at), sum.get(b * fields + at)));
        double wins = 0;
        double negatives = 0;
        double positives = 0;
        int next = 0;
        while (next < rows) {
            double score = sum.get(order[next] * fields + at);
            double tiedPositives = 0;
            double tiedNegatives = 0;
            for (; next < rows && Double.compare(sum.get(order[next] * fields + at), score) == 0; next++) {
                double weight = sum.get(order[next] * fields);
                boolean positive = sum.get(order[next] * fields + at + 1) != 0;
                tiedPositives += positive ? weight : 0;
                tiedNegatives += positive ? 0 : weight;
            }
            wins += tiedPositives * (negatives + tiedNegatives / 2);
            positives += tiedPositives;
            negatives += tiedNegatives;
        }
        return wins / (positives * negatives);
    }
}
