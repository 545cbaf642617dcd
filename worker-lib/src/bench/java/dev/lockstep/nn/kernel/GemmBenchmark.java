package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
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

/** Matrix products [m, k] by [k, n], in every transposition; 2 m n k operations each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class GemmBenchmark {
    /**
     * m, n and k: the two products of the bar, W1's three layers at batch 128, a step of the LSTM, W6's first layer.
     */
    @Param({"1024x1024x1024", "128x512x784", "128x256x512", "128x10x256", "128x512x128", "256x128x16", "1x512x784"})
    public String size;

    /** Whether the left operand is a transposed view. */
    @Param({"false", "true"})
    public boolean left;

    /** Whether the right operand is one. */
    @Param({"false", "true"})
    public boolean right;

    private final Matrix a = new Matrix();
    private final Matrix b = new Matrix();
    private final Matrix c = new Matrix();
    private Gemm gemm;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void operands() {
        String[] numbers = size.split("x");
        int m = Integer.parseInt(numbers[0]);
        int n = Integer.parseInt(numbers[1]);
        int k = Integer.parseInt(numbers[2]);
        gemm = Kernels.get().newGemm();
        point(a, m, k, left);
        point(b, k, n, right);
        point(c, m, n, false);
    }

    private static void point(Matrix view, int rows, int columns, boolean transposed) {
        float[] values = Values.uniform(rows * columns);
        if (transposed) {
            view.transposedAt(values, 0, columns, rows);
        } else {
            view.at(values, 0, rows, columns);
        }
    }

    /** {@code c = a b}. */
    @Benchmark
    public float[] multiply() {
        gemm.multiply(a, b, c, Epilogue.OVERWRITE, null);
        return c.array();
    }
}
