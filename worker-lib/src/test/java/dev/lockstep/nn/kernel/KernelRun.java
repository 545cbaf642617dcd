package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.SparseMatrix;
import dev.lockstep.nn.tensor.Vector;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Runs every kernel on the same random data at awkward sizes and offsets, and at {@link KernelShapes}, and gives the
 * bits of what each wrote or returned: what the tests compare between twins, and between JVMs with vectors of different
 * width.
 */
final class KernelRun {
    static final int[] SIZES = {0, 1, 2, 15, 16, 17, 31, 33, 127, 4099};

    private interface Operation {
        void run(float[] x, float[] y, float[] z, float[] u, int at, int length, double[] result);
    }

    private KernelRun() {}

    /**
     * Prints the kernels' name, then a line with the digest of each operation's results: {@code java KernelRun SEED
     * ROUNDS}.
     */
    public static void main(String[] arguments) {
        Kernels kernels = Kernels.get();
        System.out.println(kernels.name());
        results(kernels, Long.parseLong(arguments[0]), Integer.parseInt(arguments[1]))
                .forEach((name, bits) ->
                        System.out.println("= " + name + ": " + HexFormat.of().formatHex(sha256().digest(bits))));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the results of the last of several rounds: enough of them, and it is compiled code that made them. */
    static Map<String, byte[]> results(Kernels kernels, long seed, int rounds) {
        for (int round = 1; round < rounds; round++) {
            results(kernels, seed);
        }
        return results(kernels, seed);
    }

    /** Returns the bits that each operation left in its arrays, by operation and size. */
    private static Map<String, byte[]> results(Kernels kernels, long seed) {
        Map<String, byte[]> results = new LinkedHashMap<>();
        operations(kernels).forEach((name, operation) -> {
            for (int length : SIZES) {
                Random random = new Random(seed + length);
                boolean wild = !name.startsWith("finite");
                float[] x = data(random, length, wild);
                float[] y = data(random, length, wild);
                float[] z = data(random, length, wild);
                float[] u = data(random, length, wild);
                double[] result = new double[4];
                operation.run(x, y, z, u, random.nextInt(5), length, result);
                results.put(name + " " + length, bits(result, x, y, z, u));
            }
        });
        KernelShapes.results(kernels, seed).forEach((name, arrays) -> results.put(name, bits(new double[0], arrays)));
        return results;
    }

    private static float[] data(Random random, int length, boolean wild) {
        return wild ? Seeds.wildFloats(random, length + 8) : Seeds.floats(random, length + 8);
    }

    private static byte[] bits(double[] result, float[]... arrays) {
        int floats = 0;
        for (float[] array : arrays) {
            floats += array.length;
        }
        ByteBuffer bytes = ByteBuffer.allocate(floats * 4 + result.length * 8);
        for (double value : result) {
            bytes.putLong(Double.doubleToLongBits(value));
        }
        for (float[] array : arrays) {
            for (float value : array) {
                bytes.putInt(Float.floatToIntBits(value));
            }
        }
        return bytes.array();
    }

    private static Map<String, Operation> operations(Kernels kernels) {
        Map<String, Operation> operations = new LinkedHashMap<>();
        addElementwise(operations, kernels.elementwise());
        addReductions(operations, kernels.reductions());
        addActivations(operations, kernels.activations());
        addSoftmax(operations, kernels.softmax());
        addOptimizers(operations, kernels.optimizers());
        addRandom(operations, kernels.random());
        addGemm(operations, kernels.newGemm());
        addSparseProduct(operations, kernels.newSparseProduct());
        addConvolution(operations, kernels.newConvolution());
        addPooling(operations, kernels.pooling());
        addBatchNormalization(operations, kernels.batchNormalization());
        addRecurrent(operations, kernels.recurrent());
        addCompression(operations, kernels.compression());
        return operations;
    }

    private static void addElementwise(Map<String, Operation> operations, Elementwise e) {
        operations.put("fill", (x, y, z, u, at, n, r) -> e.fill(x, at, n, -0f));
        operations.put("add to", (x, y, z, u, at, n, r) -> e.add(x, at, y, 1, n));
        operations.put("add", (x, y, z, u, at, n, r) -> e.add(x, at, y, 1, z, 2, n));
        operations.put("subtract", (x, y, z, u, at, n, r) -> e.subtract(x, at, y, 1, z, 2, n));
        operations.put("multiply", (x, y, z, u, at, n, r) -> e.multiply(x, at, y, 1, z, 2, n));
        operations.put("multiply in place", (x, y, z, u, at, n, r) -> e.multiply(x, at, y, 1, x, at, n));
        operations.put("multiplyAdd", (x, y, z, u, at, n, r) -> e.multiplyAdd(x, at, y, 1, z, 2, n));
        operations.put("axpy", (x, y, z, u, at, n, r) -> e.axpy(-0.3f, x, at, y, 1, n));
        operations.put("scale", (x, y, z, u, at, n, r) -> e.scale(1.7f, x, at, y, 1, n));
        operations.put("mergeMean", (x, y, z, u, at, n, r) -> e.mergeMean(x, at, y, 1, n, 0.375f));
        operations.put("firstNonFinite", (x, y, z, u, at, n, r) -> r[0] = e.firstNonFinite(x, at, n));
        operations.put("finite firstNonFinite", (x, y, z, u, at, n, r) -> {
            r[0] = e.firstNonFinite(x, at, n);
            x[at + n / 2] = Float.NEGATIVE_INFINITY;
            r[1] = e.firstNonFinite(x, at, n);
            x[at + n / 3] = Float.NaN;
            r[2] = e.firstNonFinite(x, at, n);
        });
    }

    private static void addReductions(Map<String, Operation> operations, Reductions e) {
        for (String data : new String[] {"", "finite "}) {
            operations.put(data + "sum", (x, y, z, u, at, n, r) -> r[0] = e.sum(x, at, n));
            operations.put(data + "dot", (x, y, z, u, at, n, r) -> r[0] = e.dot(x, at, y, 1, n));
            operations.put(data + "sumOfSquares", (x, y, z, u, at, n, r) -> r[0] = e.sumOfSquares(x, at, n));
            operations.put(data + "max", (x, y, z, u, at, n, r) -> r[0] = e.max(x, at, n));
            operations.put(data + "argMax", (x, y, z, u, at, n, r) -> r[0] = e.argMax(x, at, n));
        }
        operations.put("max of zeros", (x, y, z, u, at, n, r) -> {
            Arrays.fill(x, -0f);
            r[0] = e.max(x, at, n);
            x[at + n / 2] = 0f;
            r[1] = e.max(x, at, n);
        });
    }

    private static void addActivations(Map<String, Operation> operations, Activations e) {
        operations.put("relu", (x, y, z, u, at, n, r) -> e.relu(x, at, y, 1, n));
        operations.put("reluBackward", (x, y, z, u, at, n, r) -> e.reluBackward(x, at, y, 1, n));
        operations.put("leakyRelu", (x, y, z, u, at, n, r) -> e.leakyRelu(0.1f, x, at, y, 1, n));
        operations.put("leakyReluBackward", (x, y, z, u, at, n, r) -> e.leakyReluBackward(0.1f, x, at, y, 1, n));
        operations.put("elu", (x, y, z, u, at, n, r) -> e.elu(1.1f, x, at, y, 1, n));
        operations.put("eluBackward", (x, y, z, u, at, n, r) -> e.eluBackward(1.1f, x, at, y, 1, n));
        operations.put("sigmoid", (x, y, z, u, at, n, r) -> e.sigmoid(x, at, y, 1, n));
        operations.put("sigmoidBackward", (x, y, z, u, at, n, r) -> e.sigmoidBackward(x, at, y, 1, n));
        operations.put("tanh", (x, y, z, u, at, n, r) -> e.tanh(x, at, y, 1, n));
        operations.put("tanhBackward", (x, y, z, u, at, n, r) -> e.tanhBackward(x, at, y, 1, n));
        operations.put("gelu", (x, y, z, u, at, n, r) -> e.gelu(x, at, y, 1, n));
        operations.put("geluBackward", (x, y, z, u, at, n, r) -> e.geluBackward(x, at, y, 1, n));
        operations.put("silu", (x, y, z, u, at, n, r) -> e.silu(x, at, y, 1, n));
        operations.put("siluBackward", (x, y, z, u, at, n, r) -> e.siluBackward(x, at, y, 1, n));
        operations.put("softplus", (x, y, z, u, at, n, r) -> e.softplus(x, at, y, 1, n));
        operations.put("softplusBackward", (x, y, z, u, at, n, r) -> e.softplusBackward(x, at, y, 1, n));
        operations.put("softsign", (x, y, z, u, at, n, r) -> e.softsign(x, at, y, 1, n));
        operations.put("softsignBackward", (x, y, z, u, at, n, r) -> e.softsignBackward(x, at, y, 1, n));
        operations.put("exp", (x, y, z, u, at, n, r) -> e.exp(x, at, y, 1, n));
        operations.put("log", (x, y, z, u, at, n, r) -> e.log(x, at, y, 1, n));
    }

    private static void addSoftmax(Map<String, Operation> operations, Softmax e) {
        for (String data : new String[] {"", "finite "}) {
            operations.put(data + "softmax", (x, y, z, u, at, n, r) -> {
                e.softmax(x, at, y, 1, n);
                for (int row = 0; row < n / 13; row++) {
                    e.softmax(x, at + 12 * row, z, 1 + 13 * row, Math.min(n, 11));
                }
            });
            operations.put(data + "softmaxLogSumExp", (x, y, z, u, at, n, r) -> {
                for (int row = 0; row < Math.min(2, n / 8); row++) {
                    r[1 + row] = e.softmaxLogSumExp(x, at + n / 2 * row, y, 1 + n / 2 * row, n / 2);
                }
            });
            operations.put(data + "logSumExp", (x, y, z, u, at, n, r) -> {
                for (int row = 0; row < Math.min(2, n / 8); row++) {
                    r[1 + row] = e.logSumExp(x, at + n / 2 * row, n / 2);
                }
            });
            operations.put(data + "softmaxBackward", (x, y, z, u, at, n, r) -> {
                for (int row = 0; row < 2; row++) {
                    e.softmaxBackward(x, at + n / 2 * row, y, 1 + n / 2 * row, n / 2);
                }
            });
        }
    }

    /** An update rule, with the slots in the rows of its state. */
    private interface Rule {
        void run(Vector theta, Vector grad, Matrix state);
    }

    /** The rule on x and y, with the first slot in z and the second in u. */
    private static Operation operation(Rule rule) {
        return (x, y, z, u, at, n, r) -> {
            float[] slots = Arrays.copyOf(z, z.length + u.length);
            System.arraycopy(u, 0, slots, z.length, u.length);
            Matrix state = new Matrix().at(slots, 2, 2, n, z.length + 1);
            rule.run(new Vector().at(x, at, n), new Vector().at(y, 1, n), state);
            System.arraycopy(slots, 0, z, 0, z.length);
            System.arraycopy(slots, z.length, u, 0, u.length);
        };
    }

    private static void addOptimizers(Map<String, Operation> operations, OptimizerKernels e) {
        for (float l2 : new float[] {0f, 0.01f}) {
            UpdateStep step = new UpdateStep(0.1f, l2, 0.3f);
            for (String data : new String[] {"", "finite "}) {
                String kind = data + "l2=" + l2 + " ";
                operations.put(kind + "sgd", operation((x, y, state) -> e.sgd(step, x, y)));
                operations.put(kind + "momentum", operation((x, y, state) -> e.momentum(step, 0.9f, x, y, state)));
                operations.put(kind + "nesterov", operation((x, y, state) -> e.nesterov(step, 0.9f, x, y, state)));
                for (float decay : new float[] {0f, 0.02f}) {
                    AdamStep adam = new AdamStep(step, 0.9f, 0.999f, 1e-8f, 1.2f, 3f, decay);
                    operations.put(kind + "adam " + decay, operation((x, y, state) -> e.adam(adam, x, y, state)));
                }
                AdamStep direction = new AdamStep(step, 0.9f, 0.999f, 1e-8f, 1.2f, 3f, l2);
                operations.put(
                        kind + "adamDirection", operation((x, y, state) -> e.adamDirection(direction, x, y, state)));
                RmsPropStep withMomentum = new RmsPropStep(step, 0.9f, 1e-8f, 0.8f);
                operations.put(
                        kind + "rmsPropMomentum", operation((x, y, state) -> e.rmsProp(withMomentum, x, y, state)));
                operations.put(
                        kind + "boundedGradient", operation((x, y, state) -> e.boundedGradient(0.1f, 0.2f, l2, x, y)));
                operations.put(kind + "adagrad", operation((x, y, state) -> e.adagrad(step, 1e-8f, x, y, state)));
                RmsPropStep rmsProp = new RmsPropStep(step, 0.9f, 1e-8f, 0f);
                operations.put(kind + "rmsProp", operation((x, y, state) -> e.rmsProp(rmsProp, x, y, state)));
            }
        }
    }

    private static void addRandom(Map<String, Operation> operations, RandomKernels e) {
        long key = 0x123456789ABCDEFL;
        for (long first : new long[] {0, 1, (1L << 33) - 21, (1L << 40) + 7}) {
            String kind = " from " + first;
            operations.put(
                    "uniform" + kind, (x, y, z, u, at, n, r) -> e.uniform(key, first, new Vector().at(x, at, n)));
            operations.put("normal" + kind, (x, y, z, u, at, n, r) -> e.normal(key, first, new Vector().at(x, at, n)));
            operations.put(
                    "dropout" + kind,
                    (x, y, z, u, at, n, r) ->
                            e.dropout(key, first, 0.3f, new Vector().at(x, at, n), new Vector().at(y, 1, n)));
            operations.put(
                    "dropout in place" + kind,
                    (x, y, z, u, at, n, r) ->
                            e.dropout(key, first, 0.3f, new Vector().at(x, at, n), new Vector().at(x, at, n)));
        }
    }

    private static void addGemm(Map<String, Operation> operations, Gemm gemm) {
        for (int m : new int[] {1, 2, 13, 37}) {
            for (Epilogue epilogue : Epilogue.values()) {
                for (boolean ta : new boolean[] {false, true}) {
                    for (boolean tb : new boolean[] {false, true}) {
                        operations.put("finite gemm " + m + epilogue + ta + tb, (x, y, z, u, at, n, r) -> {
                            int columns = n / m % 61;
                            int chain = n / Math.max(m, columns + 1);
                            gemm.multiply(
                                    KernelShapes.view(x, at, m, chain, ta),
                                    KernelShapes.view(y, 1, chain, columns, tb),
                                    KernelShapes.view(z, 2, m, columns, false),
                                    epilogue,
                                    new Vector().at(u, 3, columns));
                        });
                    }
                }
            }
            operations.put("finite weightGradient " + m, (x, y, z, u, at, n, r) -> {
                int columns = n / m % 61;
                int rows = n / Math.max(m, columns + 1);
                int[] rowStart = {0, rows / 5, rows / 5, rows / 3, rows / 2, rows};
                Segments shards = new Segments().at(rowStart, 0, 5);
                Matrix left = new Matrix().at(x, at, rows, m);
                gemm.weightGradient(
                        shards, left, new Matrix().at(y, 1, rows, columns), new Matrix().at(z, 2, m, columns));
                gemm.columnSums(shards, new Matrix().at(x, at, rows, columns), new Vector().at(u, 3, columns));
            });
        }
    }

    /** Every third element or so of the left matrix is an entry. */
    private static void addSparseProduct(Map<String, Operation> operations, SparseProduct product) {
        for (int m : new int[] {1, 5, 37}) {
            operations.put("finite sparse product " + m, (x, y, z, u, at, n, r) -> {
                int columns = n / m % 83;
                int chain = n / Math.max(m, columns + 1);
                SparseMatrix left = SparseMatrices.of(new Matrix().at(x, at, m, chain), 3);
                product.multiply(
                        left,
                        new Matrix().at(y, 1, chain, columns),
                        new Matrix().at(z, 2, m, columns),
                        Epilogue.BIAS,
                        new Vector().at(u, 3, columns));
            });
            operations.put("finite sparse weightGradient " + m, (x, y, z, u, at, n, r) -> {
                int columns = n / m % 83;
                int rows = n / Math.max(m, columns + 1);
                int[] rowStart = {0, rows / 5, rows / 5, rows / 3, rows / 2, rows};
                product.weightGradient(
                        new Segments().at(rowStart, 0, 5),
                        SparseMatrices.of(new Matrix().at(x, at, rows, m), 3),
                        new Matrix().at(y, 1, rows, columns),
                        new Matrix().at(z, 2, m, columns));
            });
        }
    }

    /** Convolutions of images that are cut from the data: as many channels and places as fit. */
    private static void addConvolution(Map<String, Operation> operations, Convolution convolution) {
        for (int filters : new int[] {1, 6, 16, 20, 37}) {
            for (int stride : new int[] {1, 2}) {
                for (Padding padding : Padding.values()) {
                    String name = "finite convolution " + filters + "/" + stride + padding;
                    operations.put(name, (x, y, z, u, at, n, r) -> {
                        int channels = n / 600 + 1;
                        int side = (int) Math.sqrt(n / 4.0 / Math.max(channels, filters)) + 1;
                        ConvolutionShape shape = new ConvolutionShape(
                                padding.of(side, Math.min(3, side), stride),
                                padding.of(side + 2, 3, stride),
                                channels,
                                filters,
                                1);
                        int rows = Math.min(3, n / Math.max(shape.inputSize(), shape.outputSize()));
                        if (shape.weights() > n) {
                            return;
                        }
                        Segments shards = new Segments().at(new int[] {0, 0, rows / 2, rows}, 0, 3);
                        Matrix inputs = new Matrix().at(x, at, rows * shape.places(), channels);
                        Matrix weights = new Matrix().at(y, 1, shape.weights() / filters, filters);
                        Matrix outputs = new Matrix().at(z, 2, rows * shape.positions(), filters);
                        Vector bias = new Vector().at(u, 3, filters);
                        convolution.forward(shape, inputs, weights, outputs, Epilogue.BIAS_RELU, bias);
                        r[0] = z[2];
                        Matrix gradients = new Matrix().at(u, 3, rows * shape.places(), channels);
                        convolution.inputGradient(shape, outputs, weights, gradients);
                        convolution.weightGradient(shape, shards, inputs, outputs, weights);
                    });
                }
            }
        }
    }

    /** How windows meet the edges. */
    private enum Padding {
        SAME,
        VALID;

        WindowAxis of(int input, int kernel, int stride) {
            return this == SAME
                    ? WindowAxis.same(input, kernel, stride, 1)
                    : WindowAxis.valid(input, Math.min(kernel, input), stride, 1);
        }
    }

    private static void addPooling(Map<String, Operation> operations, Pooling pooling) {
        for (int channels : new int[] {1, 7, 16, 50}) {
            for (Padding padding : Padding.values()) {
                // Windows of width 3 share inputs, those of width 2 do not.
                for (int width : new int[] {2, 3}) {
                    operations.put("pooling " + channels + padding + width, (x, y, z, u, at, n, r) -> {
                        int side = (int) Math.sqrt(n / (double) channels);
                        if (side == 0) {
                            return;
                        }
                        PoolingShape shape =
                                new PoolingShape(padding.of(side, 2, 2), padding.of(side, width, 2), channels);
                        int[] winners = new int[shape.outputSize()];
                        Matrix inputs = new Matrix().at(x, at, 1, shape.inputSize());
                        Matrix outputs = new Matrix().at(y, 1, 1, shape.outputSize());
                        pooling.max(shape, inputs, outputs, winners);
                        pooling.maxBackward(shape, outputs, winners, new Matrix().at(z, 2, 1, shape.inputSize()));
                        pooling.average(shape, inputs, outputs);
                        pooling.averageBackward(shape, outputs, new Matrix().at(u, 3, 1, shape.inputSize()));
                    });
                }
            }
        }
    }

    private static void addBatchNormalization(Map<String, Operation> operations, BatchNormalization e) {
        for (int channels : new int[] {1, 5, 16, 67}) {
            for (String data : new String[] {"", "finite "}) {
                for (boolean relu : new boolean[] {false, true}) {
                    operations.put(data + "batchNormalization " + channels + relu, (x, y, z, u, at, n, r) -> {
                        int lines = n / channels;
                        if (lines == 0) {
                            return;
                        }
                        double[] first = new double[channels];
                        double[] second = new double[channels];
                        float[] scratch = new float[2 * channels];
                        Matrix inputs = new Matrix().at(x, at, lines, channels);
                        Matrix outputs = new Matrix().at(y, 1, lines, channels);
                        Matrix gradients = new Matrix().at(z, 2, lines, channels);
                        e.moments(inputs, first, second, scratch);
                        r[0] = first[0] + first[channels - 1];
                        r[1] = second[0] + second[channels - 1];
                        float[] mean = new float[channels];
                        for (int c = 0; c < channels; c++) {
                            mean[c] = (float) first[c];
                        }
                        e.normalize(inputs, mean, scratch, mean, relu, outputs);
                        e.gradientSums(inputs, relu ? outputs : null, gradients, mean, first, second, scratch);
                        r[2] = first[0] + first[channels - 1];
                        r[3] = second[0] + second[channels - 1];
                        e.inputGradient(inputs, mean, scratch, mean, scratch, gradients);
                    });
                }
            }
        }
    }

    /** Two rows where there is room, with as many units as the data have for four gates. */
    private static void addRecurrent(Map<String, Operation> operations, RecurrentKernels e) {
        for (String data : new String[] {"", "finite "}) {
            operations.put(data + "lstm", (x, y, z, u, at, n, r) -> lstm(e, x, y, z, u, at, n));
            operations.put(data + "lstmBackward", (x, y, z, u, at, n, r) -> {
                lstm(e, x, y, z, u, at, n);
                e.lstmBackward(
                        rows(x, at, n, 4),
                        rows(y, 1, n, 1),
                        rows(z, 2, n, 1),
                        rows(u, 3, n, 1),
                        rows(u, 3 + n / 2, n, 1));
            });
            operations.put(data + "gru", (x, y, z, u, at, n, r) -> gru(e, x, y, z, u, at, n));
            operations.put(data + "gruBackward", (x, y, z, u, at, n, r) -> {
                gru(e, x, y, z, u, at, n);
                e.gruBackward(rows(x, at, n, 3), rows(y, 1, n, 3), rows(z, 2, n, 1), rows(u, 3, n, 1));
            });
        }
    }

    private static Matrix rows(float[] array, int at, int n, int gates) {
        return new Matrix().at(array, at, Math.min(2, n), gates * (n / 8));
    }

    private static void lstm(RecurrentKernels e, float[] x, float[] y, float[] z, float[] u, int at, int n) {
        e.lstm(rows(x, at, n, 4), rows(y, 1, n, 1), rows(z, 2, n, 1), rows(u, 3, n, 1));
    }

    private static void gru(RecurrentKernels e, float[] x, float[] y, float[] z, float[] u, int at, int n) {
        Vector bias = new Vector().at(y, 1 + n - n / 8, n / 8);
        e.gru(rows(x, at, n, 3), rows(y, 1, n, 3), bias, rows(z, 2, n, 1), rows(u, 3, n, 1));
    }

    private static void addCompression(Map<String, Operation> operations, CompressionKernels e) {
        operations.put("roundBfloat16", (x, y, z, u, at, n, r) -> e.roundBfloat16(x, at, n));
        operations.put("roundFloat16", (x, y, z, u, at, n, r) -> e.roundFloat16(x, at, n));
        operations.put("bfloat16", (x, y, z, u, at, n, r) -> {
            short[] bits = new short[x.length];
            e.toBfloat16(x, at, bits, 1, n);
            show(bits, y);
            e.fromBfloat16(bits, 1, z, 2, n);
        });
        operations.put("float16", (x, y, z, u, at, n, r) -> {
            short[] bits = new short[x.length];
            e.toFloat16(x, at, bits, 1, n);
            show(bits, y);
            e.fromFloat16(bits, 1, z, 2, n);
        });
        for (int keep : new int[] {1, 2, 20, 1000, 5000}) {
            for (String data : new String[] {"", "finite "}) {
                operations.put(data + "keepGreatest " + keep, (x, y, z, u, at, n, r) -> {
                    e.keepGreatest(keep, x, at, y, 1, n, new int[CompressionKernels.COUNTS]);
                    // Many equal magnitudes.
                    e.roundBfloat16(z, 2, n);
                    Arrays.fill(u, 0f);
                    e.keepGreatest(keep, z, 2, u, 3, n, new int[CompressionKernels.COUNTS]);
                });
            }
        }
    }

    private static void show(short[] bits, float[] numbers) {
        for (int i = 0; i < bits.length; i++) {
            numbers[i] = bits[i];
        }
    }
}
