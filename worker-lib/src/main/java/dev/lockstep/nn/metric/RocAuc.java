package dev.lockstep.nn.metric;

import dev.lockstep.nn.spec.Expect;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Areas under two curves. {@code rocAuc}, that of the receiver operating characteristic: the probability that a
 * positive row scores higher than a negative one, ties counting half (Mann and Whitney 1947). {@code prAuc}, that under
 * precision over recall as average precision: {@code sum (recall_n - recall_(n-1)) precision_n} over the scores from
 * the greatest down. Each is the mean over the questions, {@code rocAucs} and {@code prAucs} have them all; one for
 * which only one answer occurs is NaN and left out of the mean. {@code rankingCurves} has points of both curves for
 * each of at most {@value #MOST_CURVES} questions: {@code [false positive rate, recall, precision]} where the rows from
 * a score on are predicted as positive, from the least score to the greatest.
 *
 * <p>Exact, from all scores, sorted, as long as these are at most {@value #MOST_NUMBERS} numbers; beyond that,
 * positives and negatives are counted in bins of the scores' logits that are 1/64 wide, which is exact to some 1e-4.
 *
 * @param questions how many there are: one for two classes or a single logit; otherwise each class against the rest, or
 *     each label
 * @param kind what the questions are
 */
public record RocAuc(int questions, Kind kind) implements Metric {
    /** Scores, answers and weights that are kept; 32 MB. */
    private static final int MOST_NUMBERS = 1 << 22;

    /** Of more questions there are no curves. */
    private static final int MOST_CURVES = 10;

    /** The first number of a sum: whether rows follow, or bins. */
    private static final double ROWS = 0;

    private static final double BINS = 1;

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
        return new MetricSum(1);
    }

    /** Numbers of a row: its weight, and for each question the score and whether it is positive. */
    private int fields() {
        return 1 + 2 * questions;
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        for (int row = 0; row < rows.rows(); row++) {
            for (int step = 0; step < rows.steps(row); step++) {
                if (sum.get(0) == ROWS && sum.size() > MOST_NUMBERS - fields()) {
                    count(sum);
                }
                for (int q = 0; q < questions; q++) {
                    double score = score(rows, row, step, q);
                    boolean positive = positive(rows, row, step, q);
                    if (sum.get(0) == BINS) {
                        sum.add(place(q, score, positive), rows.weight(row));
                        continue;
                    }
                    if (q == 0) {
                        sum.append(rows.weight(row));
                    }
                    // Both zeros are one score.
                    sum.append(score + 0.0);
                    sum.append(positive ? 1 : 0);
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

    /** Where the weight of rows with such a score is added up. */
    private int place(int question, double score, boolean positive) {
        boolean probability = kind == Kind.CLASSES && questions > 1;
        double logit = probability ? StrictMath.log(score) - StrictMath.log1p(-score) : score;
        return 1 + 2 * (question * ScoreBins.COUNT + ScoreBins.of(logit)) + (positive ? 1 : 0);
    }

    /** Turns rows into bins. */
    private void count(MetricSum sum) {
        MetricSum bins = new MetricSum(1 + 2 * questions * ScoreBins.COUNT);
        bins.set(0, BINS);
        for (int at = 1; at < sum.size(); at += fields()) {
            for (int q = 0; q < questions; q++) {
                bins.add(place(q, sum.get(at + 1 + 2 * q), sum.get(at + 2 + 2 * q) != 0), sum.get(at));
            }
        }
        sum.become(bins);
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        boolean rows = left.get(0) == ROWS && right.get(0) == ROWS;
        if (rows && (long) left.size() + right.size() <= MOST_NUMBERS) {
            for (int at = 1; at < right.size(); at++) {
                left.append(right.get(at));
            }
            return;
        }
        if (left.get(0) == ROWS) {
            count(left);
        }
        if (right.get(0) == ROWS) {
            count(right);
        }
        left.addAll(right);
        left.set(0, BINS);
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        double[] roc = new double[questions];
        double[] precision = new double[questions];
        double[][][] curves = new double[questions][][];
        for (int q = 0; q < questions; q++) {
            RankedAreas areas = sum.get(0) == BINS ? binned(sum, q) : sorted(sum, q);
            roc[q] = areas.roc();
            precision[q] = areas.precision();
            curves[q] = areas.curve();
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("rocAuc", mean(roc));
        figures.put("prAuc", mean(precision));
        figures.put("rocAucs", roc);
        figures.put("prAucs", precision);
        if (questions <= MOST_CURVES) {
            figures.put("rankingCurves", curves);
        }
        return figures;
    }

    /**
     * The probability that a score of one kind is greater than one of another, ties counting half. NaN where there is
     * no pair.
     *
     * @param negatives read: scores of the rows that should score less
     * @param positives read: scores of the others
     */
    public static double area(double[] negatives, double[] positives) {
        double[] scores = Arrays.copyOf(negatives, Math.addExact(negatives.length, positives.length));
        System.arraycopy(positives, 0, scores, negatives.length, positives.length);
        int[] order = RisingOrder.of(scores);
        RankedAreas areas = new RankedAreas(positives.length, negatives.length);
        int next = 0;
        while (next < order.length) {
            double score = scores[order[next]];
            int[] tied = new int[2];
            for (; next < order.length && scores[order[next]] == score; next++) {
                tied[order[next] < negatives.length ? 0 : 1]++;
            }
            areas.addTied(tied[1], tied[0]);
        }
        return areas.roc();
    }

    /** Of those that are numbers. */
    private static double mean(double[] areas) {
        double total = 0;
        int known = 0;
        for (double area : areas) {
            total += Double.isNaN(area) ? 0 : area;
            known += Double.isNaN(area) ? 0 : 1;
        }
        return total / known;
    }

    private static RankedAreas binned(MetricSum sum, int question) {
        int from = 1 + 2 * question * ScoreBins.COUNT;
        double[] totals = new double[2];
        for (int i = 0; i < 2 * ScoreBins.COUNT; i++) {
            totals[i % 2] += sum.get(from + i);
        }
        RankedAreas areas = new RankedAreas(totals[1], totals[0]);
        for (int bin = 0; bin < ScoreBins.COUNT; bin++) {
            areas.addMixed(sum.get(from + 2 * bin + 1), sum.get(from + 2 * bin));
        }
        return areas;
    }

    private RankedAreas sorted(MetricSum sum, int question) {
        int rows = (sum.size() - 1) / fields();
        double[] scores = new double[rows];
        double[] totals = new double[2];
        for (int row = 0; row < rows; row++) {
            int at = 1 + row * fields();
            scores[row] = sum.get(at + 1 + 2 * question);
            totals[(int) sum.get(at + 2 + 2 * question)] += sum.get(at);
        }
        int[] order = RisingOrder.of(scores);
        RankedAreas areas = new RankedAreas(totals[1], totals[0]);
        int next = 0;
        while (next < rows) {
            double score = scores[order[next]];
            double[] tied = new double[2];
            for (; next < rows && Double.compare(scores[order[next]], score) == 0; next++) {
                int at = 1 + order[next] * fields();
                tied[(int) sum.get(at + 2 + 2 * question)] += sum.get(at);
            }
            areas.addTied(tied[1], tied[0]);
        }
        return areas;
    }
}
