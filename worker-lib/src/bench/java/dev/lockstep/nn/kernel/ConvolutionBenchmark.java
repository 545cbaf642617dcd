package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The convolutions of W2 and W3, with the batch norm and the pooling behind them, for 64 rows in one shard. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class ConvolutionBenchmark {
    private static final int ROWS = 64;

    /** Where a convolution stands: side of the image, channels, filters, side of the kernel, padding. */
    public enum Place {
        W2_FIRST(28, 1, 20, 5, false),
        W2_SECOND(12, 20, 50, 5, false),
        W3_FIRST(28, 1, 32, 3, true),
        W3_SECOND(28, 32, 32, 3, true),
        W3_THIRD(14, 32, 64, 3, true),
        W3_FOURTH(14, 64, 64, 3, true);

        private final ConvolutionShape shape;

        Place(int side, int channels, int filters, int kernel, boolean same) {
            WindowAxis axis = same ? WindowAxis.same(side, kernel, 1, 1) : WindowAxis.valid(side, kernel, 1, 1);
            shape = new ConvolutionShape(axis, axis, channels, filters, 1);
        }
    }

    @Param
    public Place place;

    private final BatchNormalization batchNormalization = Kernels.get().batchNormalization();
    private final Pooling pooling = Kernels.get().pooling();
    private final Segments shards = new Segments().at(new int[] {0, ROWS}, 0, 1);
    private final Matrix inputs = new Matrix();
    private final Matrix weights = new Matrix();
    private final Matrix outputs = new Matrix();
    private final Matrix inputGradients = new Matrix();
    private final Matrix weightGradients = new Matrix();
    private final Matrix normalizedOutputs = new Matrix();
    private final Matrix gradients = new Matrix();
    private final Matrix images = new Matrix();
    private final Matrix imageGradients = new Matrix();
    private final Matrix pooledImages = new Matrix();
    private final Matrix pooledGradients = new Matrix();
    private Convolution convolution;
    private PoolingShape pool;
    private float[] x;
    private float[] y;
    private float[] dy;
    private float[] dx;
    private float[] dw;
    private float[] normalized;
    private float[] scratch;
    private float[] pooled;
    private int[] winners;
    private float[] perChannel;
    private double[] mean;
    private double[] squares;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void operands() {
        ConvolutionShape shape = place.shape;
        convolution = Kernels.get().newConvolution();
        WindowAxis halves = WindowAxis.valid(shape.vertical().output(), 2, 2, 1);
        pool = new PoolingShape(halves, halves, shape.filters());
        x = Values.uniform(ROWS * shape.inputSize());
        y = Values.uniform(ROWS * shape.outputSize());
        dy = Values.uniform(y.length);
        normalized = new float[y.length];
        scratch = new float[2 * shape.filters()];
        dx = new float[x.length];
        dw = new float[shape.weights()];
        inputs.at(x, 0, ROWS * shape.places(), shape.channels());
        weights.at(Values.uniform(dw.length), 0, dw.length / shape.filters(), shape.filters());
        outputs.at(y, 0, ROWS * shape.positions(), shape.filters());
        inputGradients.at(dx, 0, inputs.rows(), shape.channels());
        weightGradients.at(dw, 0, weights.rows(), shape.filters());
        pooled = new float[ROWS * pool.outputSize()];
        winners = new int[pooled.length];
        normalizedOutputs.at(normalized, 0, outputs.rows(), shape.filters());
        gradients.at(dy, 0, outputs.rows(), shape.filters());
        images.at(y, 0, ROWS, pool.inputSize());
        imageGradients.at(normalized, 0, ROWS, pool.inputSize());
        pooledImages.at(pooled, 0, ROWS, pool.outputSize());
        pooledGradients.at(Values.uniform(pooled.length), 0, ROWS, pool.outputSize());
        pooling.max(pool, images, pooledImages, winners);
        perChannel = Values.uniform(shape.filters());
        mean = new double[shape.filters()];
        squares = new double[shape.filters()];
    }

    @Benchmark
    public float[] forward() {
        convolution.forward(place.shape, inputs, weights, outputs, Epilogue.OVERWRITE, null);
        return y;
    }

    @Benchmark
    public float[] weightGradient() {
        convolution.weightGradient(place.shape, shards, inputs, outputs, weightGradients);
        return dw;
    }

    @Benchmark
    public float[] inputGradient() {
        convolution.inputGradient(place.shape, outputs, weights, inputGradients);
        return dx;
    }

    @Benchmark
    public float[] maxPooling() {
        pooling.max(pool, images, pooledImages, winners);
        return pooled;
    }

    @Benchmark
    public double[] moments() {
        batchNormalization.moments(outputs, mean, squares, scratch);
        return squares;
    }

    @Benchmark
    public float[] normalize() {
        batchNormalization.normalize(outputs, perChannel, perChannel, perChannel, true, normalizedOutputs);
        return normalized;
    }

    @Benchmark
    public float[] gradientSums() {
        batchNormalization.gradientSums(outputs, null, gradients, perChannel, mean, squares, scratch);
        return dy;
    }

    @Benchmark
    public float[] normalizeBackward() {
        batchNormalization.inputGradient(outputs, perChannel, perChannel, perChannel, perChannel, normalizedOutputs);
        return normalized;
    }

    @Benchmark
    public float[] maxPoolingBackward() {
        pooling.maxBackward(pool, pooledGradients, winners, imageGradients);
        return normalized;
    }

    @Benchmark
    public float[] averagePooling() {
        pooling.average(pool, images, pooledImages);
        return pooled;
    }

    @Benchmark
    public float[] averagePoolingBackward() {
        pooling.averageBackward(pool, pooledGradients, imageGradients);
        return normalized;
    }
}
