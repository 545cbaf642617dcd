package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
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
    private float[] products;
    private Matrix gates;
    private Matrix gruGates;
    private Matrix recurrent;
    private Vector bias;
    private Matrix previous;
    private Matrix cell;
    private Matrix output;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void operands() {
        inputs = Values.uniform(ROWS * units * LSTM_GATES);
        products = Values.uniform(ROWS * units * GRU_GATES);
        gates = rows(new float[inputs.length], LSTM_GATES);
        gruGates = rows(new float[products.length], GRU_GATES);
        recurrent = rows(new float[products.length], GRU_GATES);
        bias = new Vector().at(Values.uniform(units * GRU_GATES), 0, units);
        previous = rows(Values.uniform(ROWS * units), 1);
        cell = rows(Values.uniform(ROWS * units), 1);
        output = rows(new float[ROWS * units], 1);
    }

    private Matrix rows(float[] values, int perUnit) {
        return new Matrix().at(values, 0, ROWS, perUnit * units);
    }

    /** With the copy that gives the step fresh gates. */
    @Benchmark
    public Matrix lstm() {
        System.arraycopy(inputs, 0, gates.array(), 0, inputs.length);
        kernels.lstm(gates, previous, cell, output);
        return output;
    }

    /** With the copies that give the step fresh gates and products. */
    @Benchmark
    public Matrix gru() {
        System.arraycopy(inputs, 0, gruGates.array(), 0, products.length);
        System.arraycopy(products, 0, recurrent.array(), 0, products.length);
        kernels.gru(gruGates, recurrent, bias, previous, output);
        return output;
    }
}
