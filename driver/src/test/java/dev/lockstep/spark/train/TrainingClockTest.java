package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.RoundListener;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.TimeSpent;
import dev.lockstep.spark.report.TimeSpent.Work;
import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.sync.Traffic;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where time goes by a clock that only moves when it is told to, and what is said of it. */
class TrainingClockTest {
    private static final long ROWS = 10_000_000;

    private static final TrainState STATE = TrainState.initial(new Parameters(new float[1], new float[0]), 0, false);

    private long now;

    private void seconds(double seconds) {
        now += (long) (seconds * 1e9);
    }

    @Test
    void allTimeIsCountedOnce() {
        TrainingClock clock = new TrainingClock(() -> now);
        seconds(2);
        clock.untilNow(Work.READING);
        Synchronizer inTurn = clock.rounds(state -> {
            seconds(10);
            return state;
        });
        Synchronizer rounds = clock.waiting(state -> {
            seconds(1);
            return inTurn.round(state);
        });
        RoundListener checkpoints = clock.checkpoints(new RoundListener() {
            @Override
            public void settled(TrainState state) {
                seconds(0.5);
            }
        });
        for (int i = 0; i < 2; i++) {
            rounds.round(STATE);
            checkpoints.settled(STATE);
            clock.measure(Work.VALIDATION, () -> {
                seconds(3);
                return true;
            });
            seconds(0.25);
        }
        Map<Work, Double> seconds = clock.seconds(new Traffic());
        assertThat(seconds)
                .containsEntry(Work.READING, 2.0)
                .containsEntry(Work.EXCHANGE, 20.0)
                .containsEntry(Work.COMPUTE, 0.0)
                .containsEntry(Work.WAITING, 0.0)
                .containsEntry(Work.OTHERS, 2.0)
                .containsEntry(Work.CHECKPOINTS, 1.0)
                .containsEntry(Work.VALIDATION, 6.0)
                .containsEntry(Work.REST, 0.5);
        assertThat(new TimeSpent(seconds, "").total()).isEqualTo(now / 1e9);
    }

    private static Map<Work, Double> mostly(Work work) {
        Map<Work, Double> seconds = new EnumMap<>(Work.class);
        seconds.put(Work.COMPUTE, 4.0);
        seconds.put(Work.READING, 0.004);
        seconds.put(work, work == Work.EXCHANGE || work == Work.WAITING ? 5.0 : 96.0);
        return seconds;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        READING     | more cores or executors, among which the files are divided
        EXCHANGE    | a larger train.batchSize (32 now), which changes the model
        VALIDATION  | fewer validation rows (data.validation)
        CHECKPOINTS | fewer checkpoints (checkpoint.every)
        """)
    void theSettingThatHelpsMostFollowsFromWhatTookMost(Work work, String setting) {
        TimeAdvice advice = new TimeAdvice(job(), ShardAssignment.of(4, 4), true, ROWS);
        assertThat(advice.of(mostly(work)).advice()).isEqualTo("What would help most is " + setting + ".");
    }

    /** Few rows that took long are those of a Spark that starts. */
    @Test
    void theStartOfSparkIsNoReasonForMoreExecutors() {
        Map<Work, Double> seconds = mostly(Work.READING);
        assertThat(new TimeAdvice(job(), ShardAssignment.of(4, 4), true, 320)
                        .of(seconds)
                        .advice())
                .doesNotContain("executors, among which the files");
        assertThat(new TimeAdvice(job(), ShardAssignment.of(4, 4), true, 320)
                        .of(Map.of(Work.READING, 9.0))
                        .advice())
                .isEmpty();
    }

    private static JobSpec job() {
        return SmallJob.job("rows.csv", "csv", SmallJob.Mode.ALLREDUCE);
    }

    @Test
    void aParagraphNamesWhatIsWorthAWord() {
        TimeAdvice advice = new TimeAdvice(job(), ShardAssignment.of(4, 3), false, ROWS);
        assertThat(advice.of(mostly(Work.WAITING)).paragraph())
                .isEqualTo("Where 9.0 s went: waiting for the slowest rank 56 %, computing 44 %. What would help most"
                        + " is a number of data.shards (4 now) that is a multiple of the 3 ranks, which changes the"
                        + " model.");
        Map<Work, Double> slow = mostly(Work.EXCHANGE);
        slow.put(Work.EXCHANGE, 90.0);
        assertThat(new TimeAdvice(job(), ShardAssignment.of(4, 4), true, ROWS)
                        .of(slow)
                        .advice())
                .isEqualTo("What would help most is --master 'local[1]': one rank alone needs less time, for the same"
                        + " bits.");
        assertThat(advice.of(Map.of(Work.COMPUTE, 1.0)).paragraph()).isEqualTo("Where 1.0 s went: computing 100 %.");
        assertThat(TimeSpent.UNKNOWN.paragraph()).isEmpty();
    }
}
