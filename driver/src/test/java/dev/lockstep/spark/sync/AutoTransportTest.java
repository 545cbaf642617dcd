package dev.lockstep.spark.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The choice by figures that are known: rounds take the time that they are told to. */
class AutoTransportTest {
    private static final int ROUNDS = 1000;

    private final List<String> said = new ArrayList<>();
    private final List<String> taken = new ArrayList<>();
    private long nanoTime = 1;
    private StepTimes times = StepTimes.ZERO;

    /** A way to take steps: each round so many at once, and their times by round; later ones are as the last. */
    private Synchronizer way(String name, int steps, double... millisAStep) {
        int[] rounds = new int[1];
        return state -> {
            taken.add(name);
            nanoTime += nanos(steps * nth(rounds[0]++, millisAStep));
            return after(state, steps);
        };
    }

    /** All-reduce, of whose time ranks report what they computed, by round as well. */
    private Synchronizer allReduce(int steps, double millisAStep, double... computeMillisAStep) {
        Synchronizer way = way("allreduce", steps, millisAStep);
        int[] rounds = new int[1];
        return state -> {
            long compute = nanos(steps * nth(rounds[0]++, computeMillisAStep));
            times = times.plus(new StepTimes(compute, 0, nanos(steps * millisAStep) - compute));
            return way.round(state);
        };
    }

    private static double nth(int index, double... values) {
        return values[Math.min(index, values.length - 1)];
    }

    private static long nanos(double millis) {
        return Math.round(millis * 1e6);
    }

    private static TrainState after(TrainState state, int steps) {
        return new TrainState(
                state.step() + steps,
                state.epoch(),
                state.stepInEpoch() + steps,
                state.parameters(),
                state.optimizerState(),
                state.outerMomentum(),
                state.residuals(),
                state.epochLosses(),
                state.history());
    }

    private void train(Synchronizer driver, Synchronizer allReduce, int ranks) {
        train(driver, allReduce, ranks, 1_000_000);
    }

    private void train(Synchronizer driver, Synchronizer allReduce, int ranks, long steps) {
        AutoTransport transport =
                new AutoTransport(driver, allReduce, () -> ranks, steps, () -> times, said::add, () -> nanoTime);
        TrainState state = TrainState.initial(new Parameters(new float[1], new float[0]), 0, false);
        for (int round = 0; round < ROUNDS; round++) {
            state = transport.round(state);
        }
    }

    @Test
    void theFasterWayIsKept() {
        // The first round of each is not counted, of the others the fastest one.
        train(way("driver", 1, 1, 9, 8), allReduce(10, 7, 6), 2);
        assertThat(taken.subList(0, 8))
                .containsExactly(
                        "driver", "allreduce", "driver", "allreduce", "driver", "allreduce", "driver", "allreduce");
        assertThat(taken.subList(8, ROUNDS)).containsOnly("allreduce");
        assertThat(said)
                .containsExactly("sync.transport: allreduce; a step takes 7.0 ms with allreduce, 8.0 ms with driver");
    }

    /** The driver's first steps take 700 ms, and 11 ms when the compiler is done: less than all-reduce. */
    @Test
    void theCompilerIsWaitedFor() {
        train(way("driver", 1, 700, 300, 100, 30, 11), allReduce(10, 15, 12), 1);
        assertThat(said)
                .containsExactly("sync.transport: driver; a step takes 15.0 ms with allreduce, 11.0 ms with driver");
    }

    /** Rounds that take long are not repeated for the compiler's sake. */
    @Test
    void longRoundsAreTriedNoMoreThanNeeded() {
        train(way("driver", 1, 900), allReduce(10, 700, 6), 1);
        assertThat(taken.subList(6, ROUNDS)).containsOnly("allreduce");
    }

    /** While ways are tried a step takes 37 ms, and 2 ms when the chosen one has run for a while. */
    @Test
    void aTimeIsToldWhenItIsWarm() {
        Synchronizer way = way("allreduce", 10, 37, 37, 37, 37, 37, 37, 2);
        Synchronizer allReduce = state -> {
            times = times.plus(new StepTimes(nanos(10 * 0.4), 0, 0));
            return way.round(state);
        };
        train(way("driver", 1, 40), allReduce, 4);
        assertThat(said)
                .hasSize(2)
                .startsWith("sync.transport: allreduce; a step takes 2.0 ms with allreduce, 40.0 ms with driver")
                .last()
                .asString()
                .startsWith("Distributing does not pay off here: a step takes 2.00 ms with 4 ranks, and would take"
                        + " about 1.60 ms with one rank alone (");
    }

    /** 300 steps end before anything is warm, though the first ones promise to save seconds. */
    @Test
    void aShortTrainingIsToldNothing() {
        Synchronizer way = way("allreduce", 10, 60, 60, 60, 60, 2);
        AutoTransport transport =
                new AutoTransport(way("driver", 1, 90), way, () -> 1, 300, () -> times, said::add, () -> nanoTime);
        TrainState state = TrainState.initial(new Parameters(new float[1], new float[0]), 0, false);
        while (state.step() < 300) {
            state = transport.round(state);
        }
        assertThat(said).isEmpty();
    }

    @Test
    void whatSavesLittleIsNotMentioned() {
        train(way("driver", 1, 9), allReduce(10, 7, 6.5, 2, 1.5), 4, 500);
        assertThat(said).isEmpty();
    }

    @Test
    void oneRankThatWouldBeFasterThanAllReduceIsSaid() {
        // 4 ranks compute 1.5 ms a step each: one alone needs 6 ms, less than 7.
        train(way("driver", 1, 9), allReduce(10, 7, 6.5, 2, 1.5), 4);
        assertThat(said)
                .containsExactly(
                        "sync.transport: allreduce; a step takes 7.0 ms with allreduce, 9.0 ms with driver",
                        "Distributing does not pay off here: a step takes 7.00 ms with 4 ranks, and would take about"
                                + " 6.00 ms with one rank alone (4 times the 1.50 ms that a rank computes);"
                                + " --master 'local[1]' is one rank, with the same bits");
    }

    @Test
    void oneRankThatWouldBeSlowerIsNotMentioned() {
        // 4 times 2 ms are 8.
        train(way("driver", 1, 9), allReduce(10, 7, 1, 2), 4);
        assertThat(said).hasSize(1);
    }

    @Test
    void theFasterOfBothWaysHasToBeatOneRank() {
        // 2 times 3 ms are less than all-reduce takes, but more than the driver does.
        train(way("driver", 1, 5), allReduce(10, 7, 3), 2);
        assertThat(said)
                .containsExactly("sync.transport: driver; a step takes 7.0 ms with allreduce, 5.0 ms with driver");
        said.clear();
        train(way("driver", 1, 6.5), allReduce(10, 7, 3), 2);
        assertThat(said)
                .hasSize(2)
                .last()
                .asString()
                .startsWith("Distributing does not pay off here: a step takes 6.50 ms with 2 ranks");
    }

    @Test
    void oneRankIsNotToldToBeAlone() {
        train(way("driver", 1, 9), allReduce(10, 7, 1), 1);
        assertThat(said).hasSize(1);
    }
}
