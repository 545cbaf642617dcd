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

/**
 * Gradients of a dense layer of 784 inputs and 512 units, with the rows in shards; 2 rows 784 512 operations for the
 * weights.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class WeightGradientBenchmark {
    private static final int IN = 784;
    private static final int UNITS = 512;

    @Param({"128", "512"})
    public int rows;

    @Param({"1", "2", "8"})
    public int shards;

    private Gemm gemm;
    private int[] rowStart;
    private float[] x;
    private float[] dy;
    private float[] gradient;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void operands() {
        gemm = Kernels.get().newGemm();
        rowStart = Values.rowStart(rows, shards);
        x = Values.uniform(rows * IN);
        dy = Values.uniform(rows * UNITS);
        gradient = new float[IN * UNITS];
    }

    /** The weights: products. */
    @Benchmark
    public float[] weights() {
        gemm.weightGradient(IN, UNITS, rowStart, 0, shards, x, 0, IN, dy, 0, UNITS, gradient, 0, UNITS);
        return gradient;
    }

    /** The biases: sums of columns. */
    @Benchmark
    public float[] biases() {
        gemm.columnSums(UNITS, rowStart, 0, shards, dy, 0, UNITS, gradient, 0);
        return gradient;
    }
}
