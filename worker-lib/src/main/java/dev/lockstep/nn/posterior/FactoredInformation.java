package dev.lockstep.nn.posterior;

import dev.lockstep.nn.param.Spread;

/**
 * {@code H = A (x) G / w} by the eigenvectors of both factors, {@code A = U diag(a) U^T} of what the layer takes in and
 * {@code G = V diag(g) V^T} of its outputs (Ritter, Botev and Barber 2018). {@code H + p I} has the eigenvectors
 * {@code U (x) V} and the eigenvalues {@code a_i g_j / w + p}, whatever {@code p} is.
 */
final class FactoredInformation implements PrecisionMatrix.Information {
    private final SymmetricEigen inputs;
    private final SymmetricEigen outputs;
    /** Eigenvalues: [inputs, outputs]. */
    private final double[] information;

    /**
     * Decomposes a sum.
     *
     * @param sums read from {@code first} on: the lower triangles of {@code A} and of {@code G}, then {@code w}
     * @param inputs rows of {@code A}
     * @param outputs rows of {@code G}
     */
    FactoredInformation(double[] sums, int first, int inputs, int outputs) {
        int triangle = inputs * (inputs + 1) / 2;
        double weight = sums[first + triangle + outputs * (outputs + 1) / 2];
        this.inputs = SymmetricEigen.of(sums, first, inputs);
        this.outputs = SymmetricEigen.of(sums, first + triangle, outputs);
        information = new double[inputs * outputs];
        for (int i = 0; i < inputs; i++) {
            for (int j = 0; j < outputs; j++) {
                // Rounding can make a small one negative.
                double a = Math.max(0, this.inputs.values()[i]);
                double g = Math.max(0, this.outputs.values()[j]);
                information[i * outputs + j] = weight > 0 ? a * g / weight : 0;
            }
        }
    }

    @Override
    public PrecisionMatrix plus(double prior) {
        return new Sum(prior);
    }

    private final class Sum implements PrecisionMatrix {
        private final double prior;

        Sum(double prior) {
            this.prior = prior;
        }

        @Override
        public int size() {
            return information.length;
        }

        @Override
        public double inverseTrace() {
            double trace = 0;
            for (double value : information) {
                trace += 1 / (value + prior);
            }
            return trace;
        }

        @Override
        public Spread.Block block(int offset) {
            return Spread.Block.factored(offset, inputs.values().length, outputs.values().length);
        }

        @Override
        public int copy(float[] into, int at) {
            int next = copyVectors(inputs, into, at);
            for (double value : information) {
                into[next++] = (float) (1 / Math.sqrt(value + prior));
            }
            return copyVectors(outputs, into, next);
        }

        private static int copyVectors(SymmetricEigen eigen, float[] into, int at) {
            int n = eigen.values().length;
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    into[at + i * n + j] = (float) eigen.vector(i, j);
                }
            }
            return at + n * n;
        }
    }
}
