package dev.lockstep.nn.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/**
 * How long a step takes, after a warm-up: for as long as is measured, and then until the JVM's own threads rest, which
 * compile the steps while these run, on the same core where the process has only one.
 *
 * @param seconds median over the windows of a step's mean time
 * @param cpuSeconds the same in processor time of the whole process
 * @param cpuShare the least processor time of a window, as a share of what its threads could have had
 */
record Timing(double seconds, double cpuSeconds, double cpuShare) {
    private static final int WINDOWS = 5;
    /** So many seconds in a row in which the JVM's own threads rest end the warm-up. */
    private static final int QUIET_SECONDS = 3;
    /** Share of a second up to which they rest. */
    private static final double RESTING = 0.02;
    /** Warm-up that is enough in any case, in seconds beyond what is measured. */
    private static final int PATIENCE = 60;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    static Timing of(Runnable step, double seconds, int threads) {
        warmUp(step, seconds);
        double[] wall = new double[WINDOWS];
        double[] cpu = new double[WINDOWS];
        double share = 1;
        for (int i = 0; i < WINDOWS; i++) {
            double[] window = window(step, seconds / WINDOWS);
            wall[i] = window[0];
            cpu[i] = window[1];
            share = Math.min(share, cpu[i] / wall[i] / threads);
        }
        Arrays.sort(wall);
        Arrays.sort(cpu);
        return new Timing(wall[WINDOWS / 2], cpu[WINDOWS / 2], share);
    }

    private static void warmUp(Runnable step, double seconds) {
        window(step, seconds);
        int quiet = 0;
        for (int second = 0; quiet < QUIET_SECONDS && second < PATIENCE; second++) {
            double before = jvmSeconds();
            window(step, 1);
            quiet = jvmSeconds() - before <= RESTING ? quiet + 1 : 0;
        }
    }

    /** Processor time of the compiler, the collector and whatever else of the process is no thread of Java's. */
    private static double jvmSeconds() {
        long nanos = cpuNanos();
        for (long id : THREADS.getAllThreadIds()) {
            nanos -= Math.max(0, THREADS.getThreadCpuTime(id));
        }
        return nanos / 1e9;
    }

    /** Mean time and processor time of a step. */
    private static double[] window(Runnable step, double seconds) {
        long startCpu = cpuNanos();
        long start = System.nanoTime();
        long steps = 0;
        double elapsed;
        do {
            step.run();
            steps++;
            elapsed = (System.nanoTime() - start) / 1e9;
        } while (elapsed < seconds);
        return new double[] {elapsed / steps, (cpuNanos() - startCpu) / 1e9 / steps};
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
