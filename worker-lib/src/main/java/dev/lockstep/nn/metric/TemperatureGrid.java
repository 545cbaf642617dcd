package dev.lockstep.nn.metric;

import dev.lockstep.nn.kernel.Kernels;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The {@code temperature} by which outputs must be divided so that the rows' negative log-likelihood {@code L(beta) =
 * -sum log p(t | beta z)}, {@code beta = 1/T}, is least (Guo et al. 2017). {@code L} is convex, with {@code dL/dbeta =
 * E[z] - z_t} and {@code d2L/dbeta2 = Var[z]} a row under {@code softmax(beta z)}; of yes-or-no questions {@code z
 * (sigmoid(beta z) - t)} and {@code z^2 sigmoid (1 - sigmoid)}. Both are summed up at {@value #NODES} values of
 * {@code beta} from 1/32 to 32, which double four by four; between the two where the slope changes its sign it is a
 * cubic with these values and slopes, whose root is right to some 1e-5. Without a minimum in between, the end that is
 * better.
 *
 * @param binary whether each output is the logit of a yes-or-no question of its own
 */
public record TemperatureGrid(boolean binary) implements Metric {
    /** The least temperature there is, taken where all rows are predicted right. */
    public static final double LEAST = 0x1p-5;

    private static final int NODES = 41;
    private static final int PER_DOUBLING = 4;
    private static final int WEIGHT = 2 * NODES;
    private static final int HALVINGS = 60;

    @Override
    public MetricSum empty() {
        return new MetricSum(2 * NODES + 1);
    }

    private static double beta(int node) {
        return StrictMath.pow(2, (double) (node - NODES / 2) / PER_DOUBLING);
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        float[] scaled = new float[rows.width()];
        float[] probabilities = new float[rows.width()];
        double[] betas = new double[NODES];
        for (int node = 0; node < NODES; node++) {
            betas[node] = beta(node);
        }
        for (int row = 0; row < rows.rows(); row++) {
            for (int step = 0; step < rows.steps(row); step++) {
                for (int node = 0; node < NODES; node++) {
                    if (binary) {
                        addQuestions(sum, rows, row, step, node, betas[node]);
                    } else {
                        int at = rows.outputAt(row, step);
                        float beta = (float) betas[node];
                        Kernels kernels = Kernels.get();
                        kernels.elementwise().scale(beta, rows.outputs().array(), at, scaled, 0, scaled.length);
                        kernels.softmax().softmaxLogSumExp(scaled, 0, probabilities, 0, scaled.length);
                        addClass(sum, rows, row, step, node, probabilities);
                    }
                }
                sum.add(WEIGHT, rows.weight(row));
            }
        }
    }

    private static void addQuestions(MetricSum sum, MetricRows rows, int row, int step, int node, double beta) {
        for (int j = 0; j < rows.width(); j++) {
            double z = rows.output(row, step, j);
            double p = 1 / (1 + StrictMath.exp(-beta * z));
            sum.add(2 * node, rows.weight(row) * z * (p - rows.target(row, step, j)));
            sum.add(2 * node + 1, rows.weight(row) * z * z * p * (1 - p));
        }
    }

    private static void addClass(MetricSum sum, MetricRows rows, int row, int step, int node, float[] probabilities) {
        double own = rows.output(row, step, (int) rows.target(row, step, 0));
        // Around the true class's output, which takes nothing away from the digits of a variance.
        double mean = 0;
        double squares = 0;
        double total = 0;
        for (int k = 0; k < probabilities.length; k++) {
            double distance = rows.output(row, step, k) - own;
            mean += probabilities[k] * distance;
            squares += probabilities[k] * distance * distance;
            total += probabilities[k];
        }
        mean /= total;
        sum.add(2 * node, rows.weight(row) * mean);
        sum.add(2 * node + 1, rows.weight(row) * (squares / total - mean * mean));
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        left.addAll(right);
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("temperature", temperature(sum));
        return figures;
    }

    /** The best one; 1 where no row weighs anything. */
    public double temperature(MetricSum sum) {
        if (sum.get(WEIGHT) == 0) {
            return 1;
        }
        int node = 0;
        while (node < NODES && sum.get(2 * node) < 0) {
            node++;
        }
        if (node == 0 || node == NODES) {
            return 1 / beta(Math.min(node, NODES - 1));
        }
        return 1 / (beta(node - 1) * StrictMath.pow(2, root(sum, node - 1) / PER_DOUBLING));
    }

    /** Where between a node and the next one the slope is 0, in steps from one to the other. */
    private static double root(MetricSum sum, int node) {
        double step = StrictMath.log(2) / PER_DOUBLING;
        double left = sum.get(2 * node);
        double right = sum.get(2 * node + 2);
        double leftSlope = sum.get(2 * node + 1) * beta(node) * step;
        double rightSlope = sum.get(2 * node + 3) * beta(node + 1) * step;
        double from = 0;
        double to = 1;
        for (int i = 0; i < HALVINGS; i++) {
            double x = (from + to) / 2;
            double y = 1 - x;
            double value =
                    y * y * ((1 + 2 * x) * left + x * leftSlope) + x * x * ((1 + 2 * y) * right - y * rightSlope);
            if (value < 0) {
                from = x;
            } else {
                to = x;
            }
        }
        return from;
    }
}
