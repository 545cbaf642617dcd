package dev.lockstep.nn.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.Kinds;
import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Metrics against their definitions, row by row and pair by pair; and that sums of shards merge to the whole. */
class MetricTest {
    private static final Offset<Double> CLOSE = within(1e-9);

    private final Random random = new Random(31);

    private MetricRows rows(float[][] outputs, float[][] targets, boolean weighted, int... lengths) {
        return rows(Shape.of(outputs[0].length), outputs, targets, weighted, lengths);
    }

    /** Rows of weight 1 or of random weights, with lengths if any are given; predictions are the outputs. */
    private MetricRows rows(Shape output, float[][] outputs, float[][] targets, boolean weighted, int... lengths) {
        boolean sequences = lengths.length > 0;
        RowLayout layout = new RowLayout(Shape.of(1), Shape.of(targets[0].length), false, sequences);
        Batch batch = new Batch(layout, outputs.length, 1);
        Tensor values = Tensor.allocate(outputs.length, output);
        batch.beginShard();
        for (int row = 0; row < outputs.length; row++) {
            float[] packed = new float[layout.width()];
            System.arraycopy(targets[row], 0, packed, layout.targetOffset(), targets[row].length);
            if (sequences) {
                packed[layout.lengthOffset()] = lengths[row];
            }
            batch.addRow(packed, 0, 0);
            batch.weights()[row] = weighted ? 0.5f + random.nextFloat() : 1f;
            System.arraycopy(outputs[row], 0, values.array(), values.rowOffset(row), outputs[row].length);
        }
        batch.endShard();
        PredictiveDistribution single = new GaussianNll().likelihood().distribution(output, 0, null);
        single.single(batch.rows(), values, same -> same);
        return withHead(new MetricRows(batch, batch.lengths(), values, values, single.densities(), 0.5))
                .of(pass(outputs, batch));
    }

    /** The rows of a network whose only head has all outputs. */
    private static MetricRows withHead(MetricRows rows) {
        return new MetricRows(
                rows.rows(),
                rows.targets(),
                rows.weights(),
                rows.lengths(),
                rows.outputs(),
                rows.predictions(),
                rows.densities(),
                rows.threshold(),
                List.of(rows));
    }

    /** The first output of a row stands for its loss, multiplied with its weight. */
    private static MetricRows.Pass pass(float[][] outputs, Batch batch) {
        double[] loss = new double[outputs.length];
        double[] weight = new double[outputs.length];
        for (int row = 0; row < outputs.length; row++) {
            weight[row] = batch.weights()[row];
            loss[row] = outputs[row][0] * weight[row];
        }
        return new MetricRows.Pass(batch, loss, weight);
    }

    private float[][] numbers(int rows, int width) {
        float[][] values = new float[rows][width];
        for (float[] row : values) {
            for (int j = 0; j < width; j++) {
                row[j] = (float) random.nextGaussian();
            }
        }
        return values;
    }

    private float[][] labels(int rows, int width, int classes) {
        float[][] values = new float[rows][width];
        for (float[] row : values) {
            for (int j = 0; j < width; j++) {
                row[j] = random.nextInt(classes);
            }
        }
        return values;
    }

    private static Map<String, Object> figures(Metric metric, MetricRows rows) {
        MetricSum sum = metric.empty();
        metric.add(sum, rows);
        return metric.figures(sum);
    }

    private static double number(Map<String, Object> figures, String name) {
        return (double) figures.get(name);
    }

    @Test
    void confusion() {
        float[][] outputs = {{3, 1, 0}, {0, 2, 1}, {0, 2, 2}, {1, 0, 5}, {4, 0, 0}};
        float[][] targets = {{0}, {1}, {2}, {2}, {1}};
        MetricRows rows = rows(outputs, targets, false);
        Map<String, Object> figures = figures(new ClassCounts(3), rows);
        assertThat((double[][]) figures.get("confusion"))
                .isDeepEqualTo(new double[][] {{1, 0, 0}, {1, 1, 0}, {0, 1, 1}});
        assertThat(number(figures, "accuracy")).isEqualTo(0.6);
        assertThat((double[]) figures.get("precision")).containsExactly(0.5, 0.5, 1);
        assertThat((double[]) figures.get("recall")).containsExactly(1, 0.5, 0.5);
        assertThat((double[]) figures.get("f1")).containsExactly(new double[] {2 / 3.0, 0.5, 2 / 3.0}, CLOSE);
        assertThat(number(figures, "macroF1")).isCloseTo((2 / 3.0 + 0.5 + 2 / 3.0) / 3, CLOSE);
        assertThat(number(figures(new TopAccuracy(1), rows), "top1Accuracy")).isEqualTo(0.6);
        assertThat(number(figures(new TopAccuracy(2), rows), "top2Accuracy")).isEqualTo(1.0);
    }

    @Test
    void aSingleLogitStandsForTwoClasses() {
        float[][] outputs = {{0}, {-1}, {2}, {-3}};
        float[][] targets = {{1}, {1}, {0}, {0}};
        Map<String, Object> figures = figures(new ClassCounts(2), rows(outputs, targets, false));
        assertThat((double[][]) figures.get("confusion")).isDeepEqualTo(new double[][] {{1, 1}, {1, 1}});
    }

    @Test
    void severalLabels() {
        // A logit of 0 says yes. First label: 1 right and 2 wrong yes, 1 wrong no; second: 1 right yes, 1 wrong and 2
        // right no.
        float[][] outputs = {{1, -1}, {1, 0}, {-1, -1}, {0.5f, -1}};
        float[][] targets = {{1, 0}, {0, 1}, {1, 0}, {0, 1}};
        Map<String, Object> figures = figures(new LabelCounts(2), rows(outputs, targets, false));
        assertThat(number(figures, "accuracy")).isCloseTo(0.5, CLOSE);
        assertThat((double[]) figures.get("precision")).containsExactly(1 / 3.0, 1);
        assertThat((double[]) figures.get("recall")).containsExactly(0.5, 0.5);
        assertThat((double[]) figures.get("f1")).containsExactly(new double[] {0.4, 2 / 3.0}, CLOSE);
    }

    @Test
    void areaUnderTheCurveIsTheShareOfPairsInOrder() {
        int count = 60;
        float[][] outputs = numbers(count, 3);
        for (float[] row : outputs) {
            for (int j = 0; j < 3; j++) {
                // Ties, and both zeros.
                row[j] = (row[j] < 0 ? -0.5f : 0.5f) * (int) Math.abs(2 * row[j]);
            }
        }
        float[][] targets = labels(count, 1, 3);
        MetricRows rows = rows(outputs, targets, true);
        double[] areas =
                (double[]) figures(new RocAuc(3, RocAuc.Kind.CLASSES), rows).get("rocAucs");
        for (int k = 0; k < 3; k++) {
            double wins = 0;
            double pairs = 0;
            for (int a = 0; a < count; a++) {
                for (int b = 0; b < count; b++) {
                    if (targets[a][0] == k && targets[b][0] != k) {
                        double weight = rows.weight(a) * rows.weight(b);
                        pairs += weight;
                        wins += outputs[a][k] > outputs[b][k] ? weight : 0;
                        wins += outputs[a][k] == outputs[b][k] ? weight / 2 : 0;
                    }
                }
            }
            assertThat(areas[k]).as("class %d", k).isCloseTo(wins / pairs, CLOSE);
        }
    }

    @Test
    void theAreaOfTwoClassesIsThatOfTheSecond() {
        float[][] outputs = {{0, 1}, {0, -1}, {2, 5}, {1, 1}};
        float[][] targets = {{1}, {1}, {0}, {0}};
        Map<String, Object> figures = figures(new RocAuc(1, RocAuc.Kind.CLASSES), rows(outputs, targets, false));
        // Differences 1 and -1 of the second class against 3 and 0 of the first: one of four pairs in order.
        assertThat(number(figures, "rocAuc")).isCloseTo(0.25, CLOSE);
    }

    @Test
    void areasAtTheEnds() {
        RocAuc metric = new RocAuc(1, RocAuc.Kind.LABELS);
        float[][] bits = labels(30, 1, 2);
        float[][] right = new float[30][1];
        float[][] wrong = new float[30][1];
        for (int row = 0; row < 30; row++) {
            right[row][0] = bits[row][0] * 5 - 9 + random.nextFloat();
            wrong[row][0] = -right[row][0];
        }
        assertThat(number(figures(metric, rows(right, bits, true)), "rocAuc")).isCloseTo(1, CLOSE);
        assertThat(number(figures(metric, rows(wrong, bits, true)), "rocAuc")).isCloseTo(0, CLOSE);
        float[][] notNumbers = {{Float.NaN}, {1}};
        assertThat(number(figures(metric, rows(notNumbers, new float[][] {{1}, {1}}, false)), "rocAuc"))
                .as("no negative rows")
                .isNaN();
    }

    @Test
    void regression() {
        int count = 40;
        float[][] predictions = numbers(count, 4);
        float[][] targets = numbers(count, 2);
        for (float[] row : targets) {
            row[0] += 100;
        }
        MetricRows rows = rows(predictions, targets, true);
        double r2 = 0;
        double squares = 0;
        double distances = 0;
        double total = 0;
        for (int j = 0; j < 2; j++) {
            double weight = 0;
            double mean = 0;
            for (int row = 0; row < count; row++) {
                weight += rows.weight(row);
                mean += rows.weight(row) * targets[row][j];
            }
            mean /= weight;
            double unexplained = 0;
            double spread = 0;
            for (int row = 0; row < count; row++) {
                double error = (double) predictions[row][j] - targets[row][j];
                unexplained += rows.weight(row) * error * error;
                distances += rows.weight(row) * Math.abs(error);
                spread += rows.weight(row) * (targets[row][j] - mean) * (targets[row][j] - mean);
            }
            r2 += (1 - unexplained / spread) / 2;
            squares += unexplained;
            total += weight;
        }
        Map<String, Object> figures = figures(new RegressionErrors(2), rows);
        assertThat(number(figures, "rmse")).isCloseTo(Math.sqrt(squares / total), CLOSE);
        assertThat(number(figures, "mae")).isCloseTo(distances / total, CLOSE);
        assertThat(number(figures, "r2")).isCloseTo(r2, within(1e-6 * Math.abs(r2)));
    }

    /** Each step has as many targets as outputs; what lies beyond a row's end does not count. */
    @Test
    void regressionOverSteps() {
        float[][] predictions = {{1, 2, 3, 4}, {5, 6, 99, 99}};
        float[][] targets = {{1, 1, 5, 1}, {9, 6, 0, 0}};
        MetricRows rows = rows(Shape.of(2, 2), predictions, targets, false, 2, 1);
        Map<String, Object> figures = figures(new RegressionErrors(2), rows);
        assertThat(number(figures, "mae")).isCloseTo((0 + 1 + 2 + 3 + 4 + 0) / 6.0, CLOSE);
        assertThat(number(figures, "rmse")).isCloseTo(Math.sqrt((1 + 4 + 9 + 16) / 6.0), CLOSE);
    }

    @Test
    void perplexityCountsValidSteps() {
        float[][] outputs = {{0, 0, 9, 9, 9, 9}, {0, (float) Math.log(3), 0, 0, 0, 0}};
        float[][] targets = {{0, 0, 0}, {1, 0, 1}};
        MetricRows rows = rows(Shape.of(3, 2), outputs, targets, false, 1, 3);
        Map<String, Object> figures = figures(new Perplexity(false), rows);
        double mean = (Math.log(2) + Math.log(4 / 3.0) + 2 * Math.log(2)) / 4;
        assertThat(number(figures, "logLikelihood")).isCloseTo(-mean, within(1e-6));
        assertThat(number(figures, "perplexity")).isCloseTo(Math.exp(mean), within(1e-6));
    }

    @Test
    void likelihoodOfYesAndNo() {
        float three = (float) Math.log(3);
        // Probabilities of 1: three quarters, one quarter, one quarter, one half.
        float[][] outputs = {{three, -three}, {-three, 0}};
        float[][] targets = {{1, 0}, {1, 1}};
        Map<String, Object> figures = figures(new Perplexity(true), rows(outputs, targets, false));
        double mean = (Math.log(0.75) + Math.log(0.75) + Math.log(0.25) + Math.log(0.5)) / 4;
        assertThat(number(figures, "logLikelihood")).isCloseTo(mean, within(1e-6));
        assertThat(number(figures, "perplexity")).isCloseTo(Math.exp(-mean), within(1e-6));
        Map<String, Object> soft =
                figures(new Perplexity(true), rows(new float[][] {{three}}, new float[][] {{0.5f}}, false));
        assertThat(number(soft, "logLikelihood"))
                .as("half yes")
                .isCloseTo((Math.log(0.75) + Math.log(0.25)) / 2, within(1e-6));
        float[][] certain = {{800, -800}};
        assertThat(number(figures(new Perplexity(true), rows(certain, new float[][] {{0, 0}}, false)), "logLikelihood"))
                .as("far out")
                .isCloseTo(-400, within(1e-6));
    }

    /** A metric with outputs and targets that it can judge. */
    private record Row(Metric metric, int outputs, int targets, int classes, Values values) {
        @Override
        public String toString() {
            return metric.toString();
        }
    }

    /** What outputs are. */
    private enum Values {
        /** Any numbers. */
        NUMBERS,
        /** Above 0, adding up to 1. */
        PROBABILITIES,
        /** From 0 to 1. */
        PROBABILITY,
        /** A mean, then a variance. */
        GAUSSIAN
    }

    private static final List<Row> ROWS = List.of(
            new Row(new ClassCounts(3), 3, 1, 3, Values.NUMBERS),
            new Row(new ClassCounts(2), 1, 1, 2, Values.NUMBERS),
            new Row(new LabelCounts(2), 2, 2, 2, Values.NUMBERS),
            new Row(new TopAccuracy(2), 4, 1, 4, Values.NUMBERS),
            new Row(new Perplexity(false), 3, 1, 3, Values.NUMBERS),
            new Row(new Perplexity(true), 2, 2, 2, Values.NUMBERS),
            new Row(new RocAuc(3, RocAuc.Kind.CLASSES), 3, 1, 3, Values.NUMBERS),
            new Row(new RocAuc(1, RocAuc.Kind.CLASSES), 2, 1, 2, Values.NUMBERS),
            new Row(new RocAuc(2, RocAuc.Kind.LABELS), 2, 2, 2, Values.NUMBERS),
            new Row(new RegressionErrors(2), 2, 2, 0, Values.NUMBERS),
            new Row(new Calibration(false), 3, 1, 3, Values.PROBABILITIES),
            new Row(new Calibration(true), 1, 1, 2, Values.PROBABILITY),
            new Row(new GaussianFit(1), 2, 1, 0, Values.GAUSSIAN),
            new Row(new CountFit(1), 2, 1, 3, Values.GAUSSIAN),
            new Row(new QuantileFit(2, List.of(0.1, 0.5, 0.8), 1), 6, 2, 0, Values.NUMBERS),
            new Row(new SoftClasses(), 3, 3, 2, Values.PROBABILITIES),
            new Row(new TemperatureGrid(false), 3, 1, 3, Values.NUMBERS),
            new Row(new TemperatureGrid(true), 2, 2, 2, Values.NUMBERS),
            new Row(new HeadMetric(0, "kind", new ClassCounts(3)), 3, 1, 3, Values.NUMBERS),
            new Row(new WorstRows(4, 1, 3, 1), 3, 1, 3, Values.NUMBERS),
            new Row(new TargetSample(5, 1), 2, 1, 0, Values.NUMBERS),
            new Row(new ThresholdGrid(ThresholdGrid.Criterion.F1), 1, 1, 2, Values.NUMBERS),
            new Row(new ThresholdGrid(ThresholdGrid.Criterion.MATTHEWS), 2, 1, 2, Values.NUMBERS));

    @Test
    void everyMetricHasARow() {
        TreeSet<String> missing = new TreeSet<>();
        for (Class<?> kind : Kinds.of(Metric.class)) {
            if (ROWS.stream().noneMatch(row -> kind.isInstance(row.metric()))) {
                missing.add(kind.getSimpleName());
            }
        }
        assertThat(missing).as("metrics that no test merges").isEmpty();
    }

    private float[][] outputs(Row row, int count) {
        float[][] outputs = numbers(count, row.outputs());
        for (float[] output : outputs) {
            double sum = 0;
            for (int j = 0; j < output.length; j++) {
                double positive = Math.exp(output[j]);
                sum += positive;
                switch (row.values()) {
                    case NUMBERS -> {}
                    case PROBABILITIES -> output[j] = (float) positive;
                    case PROBABILITY -> output[j] = (float) (positive / (1 + positive));
                    case GAUSSIAN -> output[j] = j == 0 ? output[j] : (float) positive;
                }
            }
            for (int j = 0; row.values() == Values.PROBABILITIES && j < output.length; j++) {
                output[j] /= (float) sum;
            }
        }
        return outputs;
    }

    private float[][] targets(Row row, int count) {
        return row.classes() > 0 ? labels(count, row.targets(), row.classes()) : numbers(count, row.targets());
    }

    @ParameterizedTest
    @FieldSource("ROWS")
    void sumsOfShardsMergeToTheWhole(Row row) {
        MetricSet set = new MetricSet(List.of(row.metric()));
        List<MetricRows> shards = new ArrayList<>();
        List<MetricSum> whole = set.empty();
        for (int count : new int[] {4, 1, 7, 2, 9}) {
            MetricRows rows = rows(outputs(row, count), targets(row, count), true);
            shards.add(rows);
            set.add(whole, rows);
        }
        List<MetricSum> merged = ShardTree.mergeAll(
                shards.size(),
                shard -> {
                    List<MetricSum> sums = set.empty();
                    set.add(sums, shards.get(shard));
                    // As it travels.
                    return MetricSet.decode(MetricSet.encode(sums));
                },
                set::merge);
        assertSame(set.figures(merged), set.figures(whole));
    }

    /** All but those that keep rows as they are. */
    static final List<Row> WEIGHING = ROWS.stream()
            .filter(row -> !(row.metric() instanceof WorstRows) && !(row.metric() instanceof TargetSample))
            .toList();

    @ParameterizedTest
    @FieldSource("WEIGHING")
    void aRowOfWeightThreeIsThreeRows(Row row) {
        int count = 12;
        float[][] outputs = outputs(row, count);
        float[][] targets = targets(row, count);
        MetricRows weighted = rows(outputs, targets, false);
        List<float[]> repeatedOutputs = new ArrayList<>();
        List<float[]> repeatedTargets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            weighted.weights()[i] = 1 + i % 3;
            for (int copy = 0; copy <= i % 3; copy++) {
                repeatedOutputs.add(outputs[i]);
                repeatedTargets.add(targets[i]);
            }
        }
        MetricRows repeated =
                rows(repeatedOutputs.toArray(float[][]::new), repeatedTargets.toArray(float[][]::new), false);
        assertSame(figures(row.metric(), weighted), figures(row.metric(), repeated));
    }

    private static void assertSame(Map<String, Object> actual, Map<String, Object> expected) {
        assertThat(actual).isNotEmpty().containsOnlyKeys(expected.keySet());
        actual.forEach((name, figure) ->
                assertThat(flat(figure)).as(name).containsExactly(flat(expected.get(name)), within(1e-9)));
    }

    private static double[] flat(Object figure) {
        if (figure instanceof double[][][] list) {
            return Arrays.stream(list)
                    .flatMap(Arrays::stream)
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
        }
        if (figure instanceof double[][] matrix) {
            return Arrays.stream(matrix).flatMapToDouble(Arrays::stream).toArray();
        }
        return figure instanceof double[] vector ? vector : new double[] {(double) figure};
    }

    /** Two targets of two levels each; the second row's quantiles of the first target cross. */
    @Test
    void quantiles() {
        float[][] outputs = {{1, 0, 3, 2}, {4, 1, 2, 5}};
        float[][] targets = {{2, 2}, {1, 7}};
        Map<String, Object> figures = figures(new QuantileFit(2, List.of(0.25, 0.5), 1), rows(outputs, targets, false));
        // Errors: 1, -1 and 2, 0 in the first row; -3, -1 and 6, 2 in the second.
        double pinball = 0.25 + 0.5 + 0.5 + 0 + 0.75 * 3 + 0.5 + 0.25 * 6 + 0.5 * 2;
        assertThat(number(figures, "pinball")).isCloseTo(pinball / 8, CLOSE);
        assertThat((double[]) figures.get("coverageByQuantile")).containsExactly(0.25, 0.75);
        assertThat(number(figures, "coverage")).isEqualTo(0.5);
        assertThat(number(figures, "crossed")).isEqualTo(0.25);
        assertThat(number(figures, "rmse")).isCloseTo(Math.sqrt((1 + 0 + 1 + 4) / 4.0), CLOSE);
        assertThat(number(figures, "mae")).isCloseTo(1, CLOSE);
    }

    @Test
    void divergenceFromShares() {
        float[][] outputs = {{0.5f, 0.25f, 0.25f}, {0.25f, 0.5f, 0.25f}};
        float[][] targets = {{0.25f, 0.25f, 0.5f}, {0, 1, 0}};
        Map<String, Object> figures = figures(new SoftClasses(), rows(outputs, targets, false));
        double crossed = -(0.25 * Math.log(0.5) + 0.75 * Math.log(0.25)) - Math.log(0.5);
        double entropy = -(0.5 * Math.log(0.25) + 0.5 * Math.log(0.5));
        assertThat(number(figures, "accuracy")).isEqualTo(0.5);
        assertThat(number(figures, "negativeLogLikelihood")).isCloseTo(crossed / 2, CLOSE);
        assertThat(number(figures, "divergence")).isCloseTo((crossed - entropy) / 2, CLOSE);
        assertThat(number(figures, "brierScore")).isCloseTo((0.125 + 0.0625 + 0.25 + 0.0625) / 2, CLOSE);
    }

    @Test
    void calibrationOfKnownProbabilities() {
        float[][] probabilities = {{0.9f, 0.1f}, {0.85f, 0.15f}, {0.3f, 0.7f}, {0.32f, 0.68f}};
        float[][] targets = {{0}, {1}, {1}, {1}};
        Map<String, Object> figures = figures(new Calibration(false), rows(probabilities, targets, false));
        double brier = 2 * (0.01 + 0.85 * 0.85 + 0.09 + 0.32 * 0.32) / 4;
        assertThat(number(figures, "brierScore")).isCloseTo(brier, within(1e-6));
        // Bins of width 1/15: 0.9 and 0.85 apart (13, 12), 0.7 and 0.68 together (10).
        double error = (0.1 + 0.85 + (2 - 0.7 - 0.68)) / 4;
        assertThat(number(figures, "expectedCalibrationError")).isCloseTo(error, within(1e-6));
        double entropy = Arrays.stream(probabilities)
                        .mapToDouble(p -> -p[0] * Math.log(p[0]) - p[1] * Math.log(p[1]))
                        .sum()
                / 4;
        assertThat(number(figures, "predictiveEntropy")).isCloseTo(entropy, within(1e-6));
        double[][] reliability = (double[][]) figures.get("reliability");
        assertThat(reliability).hasDimensions(3, 3);
        assertThat(reliability[0]).containsExactly(new double[] {0.69, 1, 0.5}, within(1e-6));
        assertThat(reliability[1]).containsExactly(new double[] {0.85, 0, 0.25}, within(1e-6));
        assertThat(reliability[2]).containsExactly(new double[] {0.9, 1, 0.25}, within(1e-6));
        float[][] second = {{0.1f}, {0.15f}, {0.7f}, {0.68f}};
        Map<String, Object> binary = figures(new Calibration(true), rows(second, targets, false));
        assertThat(number(binary, "brierScore")).isCloseTo(brier, within(1e-6));
        assertThat(number(binary, "predictiveEntropy")).isCloseTo(entropy, within(1e-6));
    }

    /** A probability of 1 belongs to the last bin. */
    @Test
    void calibrationOfCertainty() {
        float[][] probabilities = {{1, 0}, {0, 1}, {0.96f, 0.04f}};
        Map<String, Object> figures =
                figures(new Calibration(false), rows(probabilities, new float[][] {{0}, {0}, {0}}, false));
        assertThat(number(figures, "expectedCalibrationError")).isCloseTo((2.96 - 2) / 3, within(1e-6));
        assertThat(number(figures, "predictiveEntropy"))
                .isCloseTo(-(0.96 * Math.log(0.96) + 0.04 * Math.log(0.04)) / 3, within(1e-6));
    }

    @Test
    void gaussianLikelihoodAndCoverage() {
        float[][] meanAndVariance = {{0, 1}, {2, 4}, {1, 0.5f}};
        float[][] targets = {{1.9f}, {-2}, {1}};
        Map<String, Object> figures = figures(new GaussianFit(1), rows(meanAndVariance, targets, false));
        double likelihood =
                -0.5 * (3 * Math.log(2 * Math.PI) + Math.log(1) + Math.log(4) + Math.log(0.5) + 1.9 * 1.9 + 4) / 3;
        assertThat(number(figures, "logLikelihood")).isCloseTo(likelihood, within(1e-6));
        assertThat(number(figures, "momentLogLikelihood")).isCloseTo(likelihood, within(1e-6));
        assertThat(number(figures, "coverage")).isCloseTo(2 / 3.0, CLOSE);

        // The same three numbers as one row and the first of them again: means first, then variances.
        float[][] wide = {{0, 2, 1, 0, 1, 4, 0.5f, 1}};
        Map<String, Object> together =
                figures(new GaussianFit(4), rows(wide, new float[][] {{1.9f, -2, 1, 1.9f}}, false));
        double first = -0.5 * (Math.log(2 * Math.PI) + 1.9 * 1.9);
        assertThat(number(together, "logLikelihood")).isCloseTo((3 * likelihood + first) / 4, within(1e-6));
        assertThat(number(together, "coverage")).isCloseTo(3 / 4.0, CLOSE);
    }

    /** Average precision by its definition: the precision at each positive row, from the greatest score down. */
    @Test
    void averagePrecision() {
        float[][] outputs = {{5}, {4}, {3}, {3}, {2}, {1}};
        float[][] targets = {{1}, {0}, {1}, {0}, {1}, {0}};
        Map<String, Object> figures = figures(new RocAuc(1, RocAuc.Kind.LABELS), rows(outputs, targets, false));
        assertThat(number(figures, "prAuc")).isCloseTo((1 + 2 / 4.0 + 3 / 5.0) / 3, CLOSE);
    }

    /** More scores than are kept: counted in bins, wherever the sum became too large. */
    @Test
    void areasOfManyRows() {
        int perShard = 20_000;
        RocAuc metric = new RocAuc(20, RocAuc.Kind.LABELS);
        MetricSet set = new MetricSet(List.of(metric));
        List<MetricSum> binned = set.empty();
        MetricSum kept = new RocAuc(1, RocAuc.Kind.LABELS).empty();
        for (int shard = 0; shard < 6; shard++) {
            float[][] bits = labels(perShard, 20, 2);
            float[][] outputs = numbers(perShard, 20);
            float[][] firstBits = new float[perShard][1];
            float[][] firstOutputs = new float[perShard][1];
            for (int row = 0; row < perShard; row++) {
                outputs[row][0] += bits[row][0];
                firstBits[row][0] = bits[row][0];
                firstOutputs[row][0] = outputs[row][0];
            }
            List<MetricSum> sums = set.empty();
            set.add(sums, rows(outputs, bits, false));
            binned = set.merge(binned, sums);
            MetricSum own = metric(1).empty();
            metric(1).add(own, rows(firstOutputs, firstBits, false));
            metric(1).merge(kept, own);
        }
        assertThat(binned.get(0).size()).as("bins").isEqualTo(1 + 2 * 20 * ScoreBins.COUNT);
        Map<String, Object> figures = set.figures(binned);
        Map<String, Object> exact = metric(1).figures(kept);
        assertThat(((double[]) figures.get("rocAucs"))[0]).isCloseTo(number(exact, "rocAuc"), within(1e-4));
        assertThat(((double[]) figures.get("prAucs"))[0]).isCloseTo(number(exact, "prAuc"), within(1e-4));
        assertThat(number(exact, "rocAuc")).as("of two normals one apart").isBetween(0.75, 0.77);
    }

    private static RocAuc metric(int questions) {
        return new RocAuc(questions, RocAuc.Kind.LABELS);
    }

    /** The ranked score by quadrature of its definition, of one Gaussian; coverage of each level and the bins of F. */
    @Test
    void rankedScoreAndCoverageByLevel() {
        float[][] meanAndVariance = {{0, 1}, {2, 4}, {1, 0.5f}};
        float[][] targets = {{1.9f}, {-2}, {1}};
        Map<String, Object> figures = figures(new GaussianFit(1), rows(meanAndVariance, targets, false));
        double score = 0;
        for (int row = 0; row < 3; row++) {
            double deviation = Math.sqrt(meanAndVariance[row][1]);
            double step = 1e-3;
            for (double x = -20 + step / 2; x < 20; x += step) {
                double cumulative = cumulative((x - meanAndVariance[row][0]) / deviation);
                double distance = cumulative - (x >= targets[row][0] ? 1 : 0);
                score += distance * distance * step / 3;
            }
        }
        assertThat(number(figures, "crps")).isCloseTo(score, within(1e-3));
        // 1.9 is the end of the central 94.3 %, two deviations that of 95.4 %, and the mean is in every interval.
        double[] coverage = (double[]) figures.get("coverageByLevel");
        assertThat(coverage).hasSize(99);
        assertThat(coverage[0]).isCloseTo(1 / 3.0, CLOSE);
        assertThat(coverage[93]).isCloseTo(1 / 3.0, CLOSE);
        assertThat(coverage[94]).isCloseTo(2 / 3.0, CLOSE);
        assertThat(coverage[95]).isCloseTo(1, CLOSE);
        double[] pit = (double[]) figures.get("pit");
        assertThat(pit).hasSize(20);
        assertThat(new double[] {pit[0], pit[10], pit[19]})
                .containsExactly(new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}, CLOSE);
    }

    /** Of a standard normal, by quadrature. */
    private static double cumulative(double x) {
        double sum = 0;
        double step = 0.01;
        for (double at = Math.min(x, 0) + step / 2; at < Math.max(x, 0); at += step) {
            sum += Math.exp(-at * at / 2) * step;
        }
        return 0.5 + Math.signum(x) * sum / Math.sqrt(2 * Math.PI);
    }

    /** The least negative log-likelihood by search, in double. */
    @Test
    void theBestTemperature() {
        int count = 200;
        for (boolean binary : new boolean[] {false, true}) {
            float[][] outputs = numbers(count, binary ? 2 : 4);
            float[][] targets = binary ? labels(count, 2, 2) : labels(count, 1, 4);
            for (int row = 0; row < count; row++) {
                // A few digits of truth, said three times too surely.
                for (int j = 0; j < outputs[row].length; j++) {
                    boolean own = binary ? targets[row][j] == 1 : j == targets[row][0];
                    outputs[row][j] = 3 * (outputs[row][j] + (own ? 1 : 0));
                }
            }
            MetricRows rows = rows(outputs, targets, true);
            double best = Double.NaN;
            double least = Double.POSITIVE_INFINITY;
            for (double temperature = 0.5; temperature < 10; temperature *= 1.0005) {
                double loss = 0;
                for (int row = 0; row < count; row++) {
                    loss += rows.weight(row) * surprise(outputs[row], targets[row], temperature, binary);
                }
                best = loss < least ? temperature : best;
                least = Math.min(loss, least);
            }
            double fitted = number(figures(new TemperatureGrid(binary), rows), "temperature");
            assertThat(fitted).as("binary %s", binary).isCloseTo(best, within(1e-3 * best));
        }
        float[][] certain = {{3, -3}, {-1, 1}};
        assertThat(number(
                        figures(new TemperatureGrid(false), rows(certain, new float[][] {{0}, {1}}, false)),
                        "temperature"))
                .as("all right")
                .isEqualTo(TemperatureGrid.LEAST);
    }

    private static double surprise(float[] outputs, float[] targets, double temperature, boolean binary) {
        double loss = 0;
        double sum = 0;
        for (int j = 0; j < outputs.length; j++) {
            double z = outputs[j] / temperature;
            loss += binary ? Math.log1p(Math.exp(targets[j] == 1 ? -z : z)) : 0;
            sum += Math.exp(z);
        }
        return binary ? loss : Math.log(sum) - outputs[(int) targets[0]] / temperature;
    }

    /** The best line by trying each, in double. */
    @Test
    void theBestThreshold() {
        int count = 80;
        float[][] outputs = numbers(count, 1);
        float[][] targets = labels(count, 1, 5);
        for (int row = 0; row < count; row++) {
            targets[row][0] = targets[row][0] == 4 ? 1 : 0;
            outputs[row][0] += targets[row][0] - 1;
        }
        MetricRows rows = rows(outputs, targets, true);
        for (ThresholdGrid.Criterion criterion : ThresholdGrid.Criterion.values()) {
            double best = Double.NEGATIVE_INFINITY;
            for (int line = -2047; line < 2048; line++) {
                best = Math.max(best, value(criterion, rows, line / 64.0));
            }
            double logit = number(figures(new ThresholdGrid(criterion), rows), "thresholdLogit");
            assertThat(value(criterion, rows, logit)).as("%s", criterion).isCloseTo(best, CLOSE);
        }
        assertThat(number(
                        figures(
                                new ThresholdGrid(ThresholdGrid.Criterion.F1),
                                rows(new float[][] {{1}, {-4}}, new float[][] {{1}, {1}}, false)),
                        "thresholdLogit"))
                .as("one class alone")
                .isZero();
    }

    private static double value(ThresholdGrid.Criterion criterion, MetricRows rows, double logit) {
        double[][] counts = new double[2][2];
        for (int row = 0; row < rows.rows(); row++) {
            counts[(int) rows.target(row, 0, 0)][rows.output(row, 0, 0) >= logit ? 1 : 0] += rows.weight(row);
        }
        double tn = counts[0][0];
        double fp = counts[0][1];
        double fn = counts[1][0];
        double tp = counts[1][1];
        return switch (criterion) {
            case ACCURACY -> (tp + tn) / (tp + tn + fp + fn);
            case BALANCED_ACCURACY -> (tp / (tp + fn) + tn / (tn + fp)) / 2;
            case F1 -> 2 * tp / (2 * tp + fp + fn);
            case MATTHEWS -> {
                double root = Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
                yield root == 0 ? 0 : (tp * tn - fp * fn) / root;
            }
        };
    }

    /** Of two classes a threshold decides, in every figure of the decision. */
    @Test
    void aThresholdDecides() {
        float[][] probabilities = {{0.3f}, {0.45f}, {0.6f}};
        MetricRows even = rows(probabilities, new float[][] {{0}, {1}, {1}}, false);
        MetricRows decided = new MetricRows(
                even.rows(),
                even.targets(),
                even.weights(),
                even.lengths(),
                even.outputs(),
                even.predictions(),
                even.densities(),
                0.4,
                List.of());
        assertThat((double[][]) figures(new ClassCounts(2), decided).get("confusion"))
                .isDeepEqualTo(new double[][] {{1, 0}, {0, 2}});
    }

    /** Points lie on the curves that the areas are those of, from all rows to few. */
    @Test
    void curvesHaveTheAreas() {
        float[][] outputs = new float[2000][1];
        float[][] targets = new float[2000][1];
        for (int row = 0; row < outputs.length; row++) {
            targets[row][0] = random.nextInt(3) == 0 ? 1 : 0;
            outputs[row][0] = (float) (random.nextGaussian() + targets[row][0]);
        }
        Map<String, Object> figures = figures(new RocAuc(1, RocAuc.Kind.LABELS), rows(outputs, targets, true));
        double[][] curve = ((double[][][]) figures.get("rankingCurves"))[0];
        assertThat(curve.length).isBetween(30, 101);
        assertThat(curve[0]).startsWith(1, 1);
        double area = 0;
        for (int i = 1; i < curve.length; i++) {
            area += (curve[i - 1][0] - curve[i][0]) * (curve[i - 1][1] + curve[i][1]) / 2;
            assertThat(curve[i][0]).isLessThanOrEqualTo(curve[i - 1][0]);
            assertThat(curve[i][1]).isLessThanOrEqualTo(curve[i - 1][1]);
        }
        assertThat(area).isCloseTo((double) figures.get("rocAuc"), within(0.01));
        assertThat(figures(new RocAuc(11, RocAuc.Kind.LABELS), rows(numbers(4, 11), new float[4][11], false)))
                .doesNotContainKey("rankingCurves");
    }

    /** The worst of all rows, whole, in the order of their losses and of the rows. */
    @Test
    void theWorstRowsAreKept() {
        float[][] outputs = {{0.5f, 10}, {3, 11}, {0, 12}, {3, 13}, {2, 14}, {2, 15}};
        float[][] targets = {{0}, {1}, {2}, {3}, {4}, {5}};
        WorstRows worst = WorstRows.of(3, Shape.of(1), Shape.of(1), Shape.of(2));
        MetricRows[] parts = {
            rows(Arrays.copyOfRange(outputs, 0, 1), Arrays.copyOfRange(targets, 0, 1), true),
            rows(Arrays.copyOfRange(outputs, 1, 4), Arrays.copyOfRange(targets, 1, 4), true),
            rows(Arrays.copyOfRange(outputs, 4, 6), Arrays.copyOfRange(targets, 4, 6), true)
        };
        MetricSum all = worst.empty();
        for (MetricRows part : parts) {
            MetricSum sum = worst.empty();
            worst.add(sum, part);
            worst.merge(all, sum);
        }
        List<WorstRows.Row> rows = worst.rows(all);
        assertThat(rows.stream().map(row -> row.target()[0])).containsExactly(1f, 3f, 4f);
        assertThat(rows.stream().map(row -> row.prediction()[1])).containsExactly(11f, 13f, 14f);
        assertThat(rows.get(0).loss()).isCloseTo(3, within(1e-6));
        assertThat(rows.get(0).features()).hasSize(1);
        assertThat(WorstRows.of(12, Shape.of(100_000), Shape.of(1), Shape.of(2)).most())
                .isEqualTo(2);
        WorstRows tooWide = WorstRows.of(12, Shape.of(1 << 20), Shape.of(1), Shape.of(2));
        assertThat(tooWide.features()).isZero();
        assertThat(tooWide.most()).isEqualTo(12);
    }

    @Test
    void aSampleOfTargetsIsTheSameInAnyParts() {
        float[][] outputs = numbers(40, 1);
        float[][] targets = numbers(40, 1);
        MetricRows whole = rows(outputs, targets, false);
        for (int row = 0; row < 40; row++) {
            whole.known().batch().keys()[row] = random.nextLong();
        }
        TargetSample sample = new TargetSample(7, 1);
        MetricSum sum = sample.empty();
        sample.add(sum, whole);
        MetricSum parts = sample.empty();
        for (int from = 0; from < 40; from += 10) {
            MetricRows part = rows(
                    Arrays.copyOfRange(outputs, from, from + 10), Arrays.copyOfRange(targets, from, from + 10), false);
            System.arraycopy(
                    whole.known().batch().keys(), from, part.known().batch().keys(), 0, 10);
            MetricSum own = sample.empty();
            sample.add(own, part);
            sample.merge(parts, own);
        }
        double[][] drawn = (double[][]) sample.figures(sum).get("targetSample");
        assertThat((double[][]) sample.figures(parts).get("targetSample")).isDeepEqualTo(drawn);
        assertThat(drawn).hasDimensions(7, 2);
        assertThat(List.of(outputs)).anyMatch(output -> output[0] == (float) drawn[0][1]);
    }
}
