package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StepClockTest {
    private static final long MILLION = 1_000_000;

    @Test
    void timeGoesToThePhaseThatItWasSpentIn() throws InterruptedException {
        long begin = System.nanoTime();
        StepClock clock = new StepClock();
        Thread.sleep(20);
        assertThat(clock.enter(StepClock.Phase.WAIT)).isEqualTo(StepClock.Phase.COMPUTE);
        Thread.sleep(40);
        assertThat(clock.enter(StepClock.Phase.COPY)).isEqualTo(StepClock.Phase.WAIT);
        StepTimes before = clock.times();
        Thread.sleep(10);
        StepTimes times = clock.times();
        long all = System.nanoTime() - begin;
        assertThat(times.computeNanos()).isGreaterThanOrEqualTo(20 * MILLION);
        assertThat(times.waitNanos()).isGreaterThanOrEqualTo(40 * MILLION);
        assertThat(times.totalNanos()).isBetween(70 * MILLION, all);
        StepTimes later = times.since(before);
        assertThat(later.copyNanos()).isGreaterThanOrEqualTo(10 * MILLION);
        assertThat(later).isEqualTo(new StepTimes(0, later.copyNanos(), 0));
    }

    @Test
    void sumsAndMeans() {
        StepTimes both = new StepTimes(6, 4, 2).plus(new StepTimes(2, 2, 8));
        assertThat(both).isEqualTo(new StepTimes(8, 6, 10));
        assertThat(both.mean(2)).isEqualTo(new StepTimes(4, 3, 5));
        assertThat(both.totalNanos()).isEqualTo(24);
    }
}
