package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Values;
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

/** Packing an operand of 512 rows into panels of two vectors, as a matrix product does. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class PackingBenchmark {
    private static final int ROWS = 512;

    /** Elements of a row. */
    @Param({"64", "784"})
    public int chain;

    private final Matrix view = new Matrix();
    private float[] matrix;
    private float[] panels;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void operands() {
        matrix = Values.uniform(ROWS * chain);
        panels = new float[ROWS * chain];
    }

    /** Chains are rows: b^T, and a that is not straight. */
    @Benchmark
    public float[] transposed() {
        for (int row = 0; row < ROWS; row += Tiles.WIDTH) {
            view.transposedAt(matrix, row * chain, Tiles.WIDTH, chain);
            Packing.panel(view, Tiles.WIDTH, panels, row * chain);
        }
        return panels;
    }

    /** Chains are columns: b. */
    @Benchmark
    public float[] panels() {
        Packing.panels(view.at(matrix, 0, chain, ROWS), panels);
        return panels;
    }
}
