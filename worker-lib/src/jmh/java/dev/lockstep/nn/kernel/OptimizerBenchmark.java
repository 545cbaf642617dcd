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
    private float[] theta;
    private float[] gradient;
    private float[] m;
    private float[] v;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void operands() {
        theta = Values.uniform(length);
        gradient = Values.uniform(length);
        m = new float[length];
        v = new float[length];
    }

    @Benchmark
    public float[] sgd() {
        kernels.sgd(theta, 0, gradient, 0, length, 0x1p-7f, 0f, 1e-6f);
        return theta;
    }

    @Benchmark
    public float[] momentum() {
        kernels.momentum(theta, 0, gradient, 0, v, 0, length, 0x1p-7f, 0f, 1e-6f, 0.9f);
        return theta;
    }

    @Benchmark
    public float[] adam() {
        kernels.adam(theta, 0, gradient, 0, m, 0, v, 0, length, 0x1p-7f, 0f, 1e-6f, 0.9f, 0.999f, 1e-8f, 1f, 1f, 0f);
        return theta;
    }

    @Benchmark
    public float[] rmsProp() {
        kernels.rmsProp(theta, 0, gradient, 0, v, 0, length, 0x1p-7f, 0f, 1e-6f, 0.9f, 1e-8f);
        return theta;
    }

    @Benchmark
    public float[] adagrad() {
        kernels.adagrad(theta, 0, gradient, 0, v, 0, length, 0x1p-7f, 0f, 1e-6f, 1e-8f);
        return theta;
    }
}
