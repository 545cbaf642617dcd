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

    @Param({"NO", "YES"})
    public Transpose left;

    @Param({"NO", "YES"})
    public Transpose right;

    private Gemm gemm;
    private int m;
    private int n;
    private int k;
    private float[] a;
    private float[] b;
    private float[] c;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void operands() {
        String[] numbers = size.split("x");
        m = Integer.parseInt(numbers[0]);
        n = Integer.parseInt(numbers[1]);
        k = Integer.parseInt(numbers[2]);
        gemm = Kernels.get().newGemm();
        a = Values.uniform(m * k);
        b = Values.uniform(k * n);
        c = new float[m * n];
    }

    /** {@code c = op(a) op(b)}. */
    @Benchmark
    public float[] multiply() {
        int lda = left == Transpose.NO ? k : m;
        int ldb = right == Transpose.NO ? n : k;
        gemm.multiply(left, right, m, n, k, a, 0, lda, b, 0, ldb, c, 0, n, Epilogue.OVERWRITE, null, 0);
        return c;
    }
}
