package dev.lockstep.nn.layer;

/**
 * The recurrent layers once more, in double, one row and one number at a time, written from the formulas in the papers:
 * the states of one row and, by the chain rule along explicit derivatives of each gate, the gradients of {@code sum c_t
 * h_t}.
 */
final class NaiveRecurrent {
    final int in;
    final int units;
    final int gates;
    final double[] w;
    final double[] u;
    final double[] b;
    final double[] q;
    /** Gradients, added to by {@link #run}. */
    final double[] dw;

    final double[] du;
    final double[] db;
    final double[] dq;

    private static int gates(RecurrentSpec spec) {
        if (spec instanceof Lstm) {
            return 4;
        }
        return spec instanceof Gru ? 3 : 1;
    }

    /** Takes the parameters as they lie in memory: W, U, b, and q of a GRU. */
    NaiveRecurrent(RecurrentSpec spec, int in, float[] theta) {
        this.in = in;
        units = spec.units();
        gates = gates(spec);
        int columns = gates * units;
        w = part(theta, 0, in * columns);
        u = part(theta, in * columns, units * columns);
        b = part(theta, (in + units) * columns, columns);
        q = part(theta, (in + units + 1) * columns, gates == 3 ? units : 0);
        dw = new double[w.length];
        du = new double[u.length];
        db = new double[b.length];
        dq = new double[q.length];
    }

    private static double[] part(float[] from, int offset, int length) {
        double[] part = new double[length];
        for (int i = 0; i < length; i++) {
            part[i] = from[offset + i];
        }
        return part;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** {@code (x W + b)} or {@code h U}, of one gate and unit. */
    private double product(double[] v, double[] matrix, int gate, int unit) {
        double sum = 0;
        for (int i = 0; i < v.length; i++) {
            sum += v[i] * matrix[i * gates * units + gate * units + unit];
        }
        return sum;
    }

    /** The states and the gradients of one row. */
    record Result(double[][] h, double[][] dx) {}

    /**
     * Runs one row forth and back.
     *
     * @param x {@code [length][in]}
     * @param c {@code [length][units]} gradient by each state
     * @param truncate steps between cuts; 0 for none
     * @param relu whether a simple layer ends in a ReLU
     */
    Result run(double[][] x, double[][] c, int truncate, boolean relu) {
        int length = x.length;
        double[][] h = new double[length + 1][units];
        double[][] cell = new double[length + 1][units];
        double[][][] gate = new double[length][gates][units];
        double[][] candidatePart = new double[length][units];
        for (int t = 0; t < length; t++) {
            double[] before = h[t];
            for (int j = 0; j < units; j++) {
                double[] s = new double[gates];
                for (int g = 0; g < gates; g++) {
                    s[g] = product(x[t], w, g, j) + b[g * units + j];
                }
                if (gates == 3) {
                    double r = sigmoid(s[0] + product(before, u, 0, j));
                    double z = sigmoid(s[1] + product(before, u, 1, j));
                    candidatePart[t][j] = product(before, u, 2, j) + q[j];
                    double n = Math.tanh(s[2] + r * candidatePart[t][j]);
                    gate[t][0][j] = r;
                    gate[t][1][j] = z;
                    gate[t][2][j] = n;
                    h[t + 1][j] = (1 - z) * n + z * before[j];
                    continue;
                }
                for (int g = 0; g < gates; g++) {
                    s[g] += product(before, u, g, j);
                }
                if (gates == 1) {
                    h[t + 1][j] = relu ? Math.max(0, s[0]) : Math.tanh(s[0]);
                } else {
                    gate[t][0][j] = sigmoid(s[0]);
                    gate[t][1][j] = sigmoid(s[1]);
                    gate[t][2][j] = Math.tanh(s[2]);
                    gate[t][3][j] = sigmoid(s[3]);
                    cell[t + 1][j] = gate[t][1][j] * cell[t][j] + gate[t][0][j] * gate[t][2][j];
                    h[t + 1][j] = gate[t][3][j] * Math.tanh(cell[t + 1][j]);
                }
            }
        }
        return new Result(h, back(x, c, truncate, relu, h, cell, gate, candidatePart));
    }

    private double[][] back(
            double[][] x,
            double[][] c,
            int truncate,
            boolean relu,
            double[][] h,
            double[][] cell,
            double[][][] gate,
            double[][] candidatePart) {
        double[][] dx = new double[x.length][in];
        double[] dh = new double[units];
        double[] dc = new double[units];
        for (int t = x.length - 1; t >= 0; t--) {
            double[][] ds = new double[gates][units];
            double[][] recurrent = new double[gates][units];
            double[] direct = new double[units];
            double[] dcBefore = new double[units];
            for (int j = 0; j < units; j++) {
                double d = dh[j] + c[t][j];
                double value = h[t + 1][j];
                if (gates == 1) {
                    double slope = value > 0 ? 1 : 0;
                    ds[0][j] = d * (relu ? slope : 1 - value * value);
                    recurrent[0][j] = ds[0][j];
                } else if (gates == 3) {
                    double r = gate[t][0][j];
                    double z = gate[t][1][j];
                    double n = gate[t][2][j];
                    ds[2][j] = d * (1 - z) * (1 - n * n);
                    ds[1][j] = d * (h[t][j] - n) * z * (1 - z);
                    ds[0][j] = ds[2][j] * candidatePart[t][j] * r * (1 - r);
                    recurrent[0][j] = ds[0][j];
                    recurrent[1][j] = ds[1][j];
                    recurrent[2][j] = ds[2][j] * r;
                    direct[j] = d * z;
                } else {
                    double i = gate[t][0][j];
                    double f = gate[t][1][j];
                    double g = gate[t][2][j];
                    double o = gate[t][3][j];
                    double tanh = Math.tanh(cell[t + 1][j]);
                    double dCell = dc[j] + d * o * (1 - tanh * tanh);
                    ds[0][j] = dCell * g * i * (1 - i);
                    ds[1][j] = dCell * cell[t][j] * f * (1 - f);
                    ds[2][j] = dCell * i * (1 - g * g);
                    ds[3][j] = d * tanh * o * (1 - o);
                    for (int k = 0; k < 4; k++) {
                        recurrent[k][j] = ds[k][j];
                    }
                    dcBefore[j] = dCell * f;
                }
            }
            accumulate(x[t], h[t], ds, recurrent, dx[t], direct);
            boolean cut = truncate > 0 && t % truncate == 0;
            dh = cut ? new double[units] : direct;
            dc = cut ? new double[units] : dcBefore;
        }
        return dx;
    }

    /**
     * Adds a step's share to the parameters' gradients; computes those by its input and, added to {@code before}, by
     * its state.
     */
    private void accumulate(double[] x, double[] h, double[][] ds, double[][] recurrent, double[] dx, double[] before) {
        for (int g = 0; g < gates; g++) {
            for (int j = 0; j < units; j++) {
                int column = g * units + j;
                db[column] += ds[g][j];
                for (int i = 0; i < in; i++) {
                    dw[i * gates * units + column] += x[i] * ds[g][j];
                    dx[i] += ds[g][j] * w[i * gates * units + column];
                }
                for (int i = 0; i < units; i++) {
                    du[i * gates * units + column] += h[i] * recurrent[g][j];
                    before[i] += recurrent[g][j] * u[i * gates * units + column];
                }
            }
        }
        for (int j = 0; j < dq.length; j++) {
            dq[j] += recurrent[2][j];
        }
    }
}
