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

/** What gradients go through to become shorter; 535,818 parameters are those of W1. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class CompressionBenchmark {
    @Param({"12122", "535818"})
    public int length;

    private final CompressionKernels kernels = Kernels.get().compression();
    private final int[] counts = new int[CompressionKernels.COUNTS];
    private float[] gradient;
    private float[] x;
    private float[] rest;
    private short[] bits;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void operands() {
        gradient = Values.uniform(length);
        x = Values.uniform(length);
        rest = new float[length];
        bits = new short[length];
    }

    @Benchmark
    public float[] roundBfloat16() {
        kernels.roundBfloat16(x, 0, length);
        return x;
    }

    @Benchmark
    public float[] roundFloat16() {
        kernels.roundFloat16(x, 0, length);
        return x;
    }

    @Benchmark
    public short[] toBfloat16() {
        kernels.toBfloat16(gradient, 0, bits, 0, length);
        return bits;
    }

    @Benchmark
    public short[] toFloat16() {
        kernels.toFloat16(gradient, 0, bits, 0, length);
        return bits;
    }

    @Benchmark
    public float[] fromBfloat16() {
        kernels.fromBfloat16(bits, 0, x, 0, length);
        return x;
    }

    @Benchmark
    public float[] fromFloat16() {
        kernels.fromFloat16(bits, 0, x, 0, length);
        return x;
    }

    /** One element of a hundred, step after step, with the copy that gives each a fresh gradient. */
    @Benchmark
    public float[] keepGreatest() {
        System.arraycopy(gradient, 0, x, 0, length);
        kernels.keepGreatest(length / 100, x, 0, rest, 0, length, counts);
        return x;
    }
}
