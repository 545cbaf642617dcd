package dev.lockstep.spark.bench;

import dev.lockstep.nn.train.StepTimes;

/** A way in which ranks can agree on new parameters, step after step, with next to nothing to compute. */
interface Way extends AutoCloseable {

    /**
     * Takes steps for about a given time.
     *
     * @return how long a step took
     */
    Cost measure(double seconds);

    /**
     * What a step cost.
     *
     * @param millis milliseconds of wall-clock time, everything included
     * @param times the part that ranks saw of it, where they measure it themselves, of all steps; otherwise null
     * @param steps how many steps there were
     */
    record Cost(double millis, StepTimes times, long steps) {

        /** Milliseconds a step in the ranks' own measure. */
        double inStageMillis() {
            return times.totalNanos() / 1e6 / steps;
        }
    }

    @Override
    default void close() {}

    /** A way that is measured from the driver, one step after another. */
    abstract class StepByStep implements Way {
        abstract void step();

        @Override
        public Cost measure(double seconds) {
            long start = System.nanoTime();
            long steps = 0;
            double elapsed;
            do {
                step();
                steps++;
                elapsed = (System.nanoTime() - start) / 1e9;
            } while (elapsed < seconds);
            return new Cost(elapsed * 1e3 / steps, null, steps);
        }
    }
}
