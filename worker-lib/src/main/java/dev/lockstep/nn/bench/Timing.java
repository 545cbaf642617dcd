package dev.lockstep.nn.bench;

import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * How long a step takes, after warming up for as long as is measured.
 *
 * @param seconds median over the windows of a step's mean time
 * @param cpuSeconds the same in processor time of the whole process
 * @param cpuShare the least processor time of a window, as a share of what its threads could have had
 */
record Timing(double seconds, double cpuSeconds, double cpuShare) {
    private static final int WINDOWS = 5;

    static Timing of(Runnable step, double seconds, int threads) {
        window(step, seconds);
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
