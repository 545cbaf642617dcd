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

/** One step of an optimiser; 535,818 parameters are those of W1. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class OptimizerBenchmark {
    @Param({"12122", "535818"})
    public int length;

    private final OptimizerKernels kernels = Kernels.get().optimizers();
    private final UpdateStep update = new UpdateStep(0x1p-7f, 0f, 1e-6f);
    private final AdamStep adam = new AdamStep(update, 0.9f, 0.999f, 1e-8f, 1f, 1f, 0f);
    private final RmsPropStep rmsProp = new RmsPropStep(update, 0.9f, 1e-8f, 0f);
    private Vector theta;
    private Vector gradient;
    private Matrix state;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void operands() {
        theta = Vector.of(Values.uniform(length));
        gradient = Vector.of(Values.uniform(length));
        state = new Matrix().at(new float[2 * length], 0, 2, length);
    }

    @Benchmark
    public Vector sgd() {
        kernels.sgd(update, theta, gradient);
        return theta;
    }

    @Benchmark
    public Vector momentum() {
        kernels.momentum(update, 0.9f, theta, gradient, state);
        return theta;
    }

    @Benchmark
    public Vector adam() {
        kernels.adam(adam, theta, gradient, state);
        return theta;
    }

    @Benchmark
    public Vector rmsProp() {
        kernels.rmsProp(rmsProp, theta, gradient, state);
        return theta;
    }

    @Benchmark
    public Vector adagrad() {
        kernels.adagrad(update, 1e-8f, theta, gradient, state);
        return theta;
    }
}
