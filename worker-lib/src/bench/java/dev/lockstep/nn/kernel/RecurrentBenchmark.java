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

/** One step of a recurrent layer without its products: the gates of 128 rows. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class RecurrentBenchmark {
    private static final int ROWS = 128;
    private static final int LSTM_GATES = 4;
    private static final int GRU_GATES = 3;

    @Param({"32", "128"})
    public int units;

    private final RecurrentKernels kernels = Kernels.get().recurrent();
    private float[] inputs;
    private float[] gates;
    private float[] products;
    private float[] recurrent;
    private float[] bias;
    private float[] previous;
    private float[] cell;
    private float[] output;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void operands() {
        inputs = Values.uniform(ROWS * units * LSTM_GATES);
        gates = new float[inputs.length];
        products = Values.uniform(ROWS * units * GRU_GATES);
        recurrent = new float[products.length];
        bias = Values.uniform(units * GRU_GATES);
        previous = Values.uniform(ROWS * units);
        cell = Values.uniform(ROWS * units);
        output = new float[ROWS * units];
    }

    /** With the copy that gives the step fresh gates. */
    @Benchmark
    public float[] lstm() {
        System.arraycopy(inputs, 0, gates, 0, inputs.length);
        kernels.lstm(ROWS, units, gates, 0, previous, 0, cell, 0, output, 0);
        return output;
    }

    /** With the copies that give the step fresh gates and products. */
    @Benchmark
    public float[] gru() {
        System.arraycopy(inputs, 0, gates, 0, products.length);
        System.arraycopy(products, 0, recurrent, 0, products.length);
        kernels.gru(ROWS, units, gates, 0, recurrent, 0, bias, 0, previous, 0, output, 0);
        return output;
    }
}
