package dev.lockstep.nn.kernel;

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

/** Softmax, and what cross-entropy takes of it, for 128 rows. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class SoftmaxBenchmark {
    private static final int ROWS = 128;

    @Param({"10", "26", "1000"})
    public int classes;

    private final Softmax softmax = Kernels.get().softmax();
    private final double[] logSumExp = new double[ROWS];
    private float[] x;
    private float[] y;
    private float[] dx;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void operands() {
        x = Values.uniform(ROWS * classes);
        y = new float[ROWS * classes];
        dx = new float[ROWS * classes];
    }

    @Benchmark
    public float[] softmax() {
        for (int row = 0; row < ROWS; row++) {
            softmax.softmax(x, row * classes, y, row * classes, classes);
        }
        return y;
    }

    @Benchmark
    public double[] softmaxLogSumExp() {
        for (int row = 0; row < ROWS; row++) {
            logSumExp[row] = softmax.softmaxLogSumExp(x, row * classes, y, row * classes, classes);
        }
        return logSumExp;
    }

    /** With the copy that gives it fresh gradients. */
    @Benchmark
    public float[] softmaxBackward() {
        System.arraycopy(x, 0, dx, 0, x.length);
        for (int row = 0; row < ROWS; row++) {
            softmax.softmaxBackward(y, row * classes, dx, row * classes, classes);
        }
        return dx;
    }
}
