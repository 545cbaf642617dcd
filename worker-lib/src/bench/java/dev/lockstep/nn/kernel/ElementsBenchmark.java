package dev.lockstep.nn.kernel;

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

/** What touches every element once: arithmetic, activations, random numbers, reductions. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class ElementsBenchmark {
    /** Elements: in the first cache, in the second, beyond. */
    @Param({"2048", "32768", "1048576"})
    public int length;

    private final Kernels kernels = Kernels.get();
    private float[] x;
    private float[] y;
    private float[] z;
    private Vector vectorX;
    private Vector vectorZ;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void operands() {
        x = Values.uniform(length);
        y = Values.uniform(length);
        z = new float[length];
        vectorX = Vector.of(x);
        vectorZ = Vector.of(z);
    }

    @Benchmark
    public float[] add() {
        kernels.elementwise().add(x, 0, y, 0, z, 0, length);
        return z;
    }

    @Benchmark
    public float[] multiply() {
        kernels.elementwise().multiply(x, 0, y, 0, z, 0, length);
        return z;
    }

    @Benchmark
    public float[] relu() {
        kernels.activations().relu(x, 0, z, 0, length);
        return z;
    }

    @Benchmark
    public float[] reluBackward() {
        kernels.activations().reluBackward(x, 0, y, 0, length);
        return y;
    }

    @Benchmark
    public float[] sigmoid() {
        kernels.activations().sigmoid(x, 0, z, 0, length);
        return z;
    }

    @Benchmark
    public float[] tanh() {
        kernels.activations().tanh(x, 0, z, 0, length);
        return z;
    }

    @Benchmark
    public float[] gelu() {
        kernels.activations().gelu(x, 0, z, 0, length);
        return z;
    }

    @Benchmark
    public float[] softsign() {
        kernels.activations().softsign(x, 0, z, 0, length);
        return z;
    }

    @Benchmark
    public float[] exp() {
        kernels.activations().exp(x, 0, z, 0, length);
        return z;
    }

    @Benchmark
    public float[] dropout() {
        kernels.random().dropout(1, 0, 0.5f, vectorX, vectorZ);
        return z;
    }

    @Benchmark
    public float[] normal() {
        kernels.random().normal(1, 0, vectorZ);
        return z;
    }

    @Benchmark
    public float sum() {
        return kernels.reductions().sum(x, 0, length);
    }

    @Benchmark
    public float dot() {
        return kernels.reductions().dot(x, 0, y, 0, length);
    }

    @Benchmark
    public double sumOfSquares() {
        return kernels.reductions().sumOfSquares(x, 0, length);
    }

    @Benchmark
    public int argMax() {
        return kernels.reductions().argMax(x, 0, length);
    }
}
