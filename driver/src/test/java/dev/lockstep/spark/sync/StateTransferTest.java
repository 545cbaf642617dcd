package dev.lockstep.spark.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.EpochMetrics;
import dev.lockstep.nn.train.RoundOutcome;
import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.nn.train.TrainState;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

/** A state on its way to the ranks and back: nothing that training goes on with is lost. */
class StateTransferTest {
    private static final TrainState STATE = new TrainState(
            17,
            1,
            5,
            new Parameters(new float[] {1, -0f, Float.NaN}, new float[] {4}),
            new float[] {5, 6, 7, 8, 9, 10},
            new float[0],
            List.of(new float[] {0, 1, 2}, new float[] {3, 4, 5}, new float[] {6, 7, 8}),
            new LossSum(0.1, 0.2, 3, 0.7, Double.MIN_VALUE, 0.3),
            List.of(new EpochMetrics(1, 12, 0.1, 1 / 3.0, Double.NaN, 2, 0.5, 1e-3)));

    @Test
    void toTheRanks() {
        SparkConf conf = new SparkConf()
                .setMaster("local[1]")
                .setAppName("state transfer")
                .set("spark.ui.enabled", "false");
        try (JavaSparkContext context = new JavaSparkContext(conf)) {
            StateBroadcast sent = StateBroadcast.of(context, STATE, true);
            TrainState opened = sent.open(1, 3);
            assertThat(opened.step()).isEqualTo(17);
            assertThat(opened.epoch()).isEqualTo(1);
            assertThat(opened.stepInEpoch()).isEqualTo(5);
            assertThat(opened.epochLosses()).isEqualTo(STATE.epochLosses());
            assertThat(opened.history()).isEqualTo(STATE.history());
            assertThat(opened.parameters().theta()).isEqualTo(STATE.parameters().theta());
            assertThat(opened.parameters().buffers())
                    .isEqualTo(STATE.parameters().buffers());
            assertThat(opened.optimizerState()).isEqualTo(STATE.optimizerState());
            assertThat(opened.residuals().toArray(float[][]::new))
                    .isDeepEqualTo(new float[][] {{}, {3, 4, 5}, {6, 7, 8}});
            assertThat(StateBroadcast.of(context, STATE, false).open(0, 1).optimizerState())
                    .isEmpty();
            assertThat(StateBroadcast.bytes(STATE, true)).isEqualTo((3 + 1 + 6) * 4);
            assertThat(StateBroadcast.residualBytes(STATE)).isEqualTo(3 * 3 * 4);
            sent.destroy();
        }
    }

    /** Two ranks; the first one has two shards and the first parameter. */
    @Test
    void backToTheDriver() {
        LossSum losses = new LossSum(5, 6, 7, 10, 8, 9);
        RoundOutcome first = new RoundOutcome(
                new float[] {11},
                new float[] {12},
                new float[] {13, 14},
                List.of(new float[] {15, 16, 17}, new float[] {18, 19, 20}),
                losses,
                new StepTimes(20, 1, 0));
        RoundOutcome second = new RoundOutcome(
                new float[] {23, 24},
                new float[0],
                new float[] {25, 26, 27, 28},
                List.of(new float[] {29, 30, 31}),
                losses,
                new StepTimes(30, 2, 5));
        RoundResult result = RoundResult.decode(new RoundResult(second, 33).encode());
        RoundOutcome decoded = result.outcome();
        assertThat(decoded.theta()).isEqualTo(second.theta());
        assertThat(decoded.optimizerState()).isEqualTo(second.optimizerState());
        assertThat(decoded.residuals().toArray(float[][]::new)).isDeepEqualTo(new float[][] {{29, 30, 31}});
        assertThat(decoded.losses()).isEqualTo(losses);
        assertThat(decoded.times()).isEqualTo(new StepTimes(30, 2, 5));
        assertThat(result.bytesSent()).isEqualTo(33);
        RoundOutcome both =
                RoundResult.decode(new RoundResult(first, 22).encode()).outcome();
        assertThat(both.buffers()).containsExactly(12);
        assertThat(both.residuals()).hasSize(2);
    }
}
