package dev.lockstep.spark.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.EpochMetrics;
import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.nn.train.TrainState;
import java.util.ArrayList;
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
            StateBroadcast alone = StateBroadcast.ofParameters(context, STATE);
            assertThat(alone.openParameters().theta())
                    .isEqualTo(STATE.parameters().theta());
            assertThat(alone.openParameters().buffers())
                    .isEqualTo(STATE.parameters().buffers());
            List<float[]> residuals = List.of(new float[] {1});
            TrainState position = alone.withResiduals(residuals);
            assertThat(position.step()).isEqualTo(17);
            assertThat(position.residuals()).isEqualTo(residuals);
        }
    }

    /** A vector may be longer than a piece of it, and a piece may hold the end of one and the beginning of the next. */
    @Test
    void inPieces() {
        float[] first = {1, 2, 3, 4, 5};
        float[] second = {6};
        float[] third = {7, 8, 9, 10};
        for (int most : new int[] {1, 2, 3, 4, 10, 11}) {
            List<byte[]> pieces = new ArrayList<>();
            Vectors.encode(most, pieces::add, first, new float[0], second, third);
            assertThat(pieces).hasSize((10 + most - 1) / most);
            assertThat(pieces.stream().mapToInt(piece -> piece.length).sum()).isEqualTo(40);
            float[][] read = {new float[5], new float[0], new float[1], new float[4]};
            Vectors.decode(pieces::get, read);
            assertThat(read).isDeepEqualTo(new float[][] {first, {}, second, third});
        }
        Vectors.encode(1, piece -> fail("nothing has no pieces"), new float[0]);
    }

    @Test
    void backToTheDriver() {
        LossSum losses = new LossSum(5, 6, 7, 10, 8, 9);
        RoundResult result = new RoundResult(losses, new StepTimes(30, 2, 5), 33);
        assertThat(RoundResult.decode(result.encode())).isEqualTo(result);
    }
}
