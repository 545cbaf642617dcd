package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Vector;
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

    private final Segments segments = new Segments();
    private final Matrix x = new Matrix();
    private final Matrix dy = new Matrix();
    private final Matrix dw = new Matrix();
    private final Vector db = new Vector();
    private Gemm gemm;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void operands() {
        gemm = Kernels.get().newGemm();
        segments.at(Values.rowStart(rows, shards), 0, shards);
        x.at(Values.uniform(rows * IN), 0, rows, IN);
        dy.at(Values.uniform(rows * UNITS), 0, rows, UNITS);
        dw.at(new float[IN * UNITS], 0, IN, UNITS);
        db.at(dw.array(), 0, UNITS);
    }

    /** The weights: products. */
    @Benchmark
    public float[] weights() {
        gemm.weightGradient(segments, x, dy, dw);
        return dw.array();
    }

    /** The biases: sums of columns. */
    @Benchmark
    public float[] biases() {
        gemm.columnSums(segments, dy, db);
        return db.array();
    }
}
