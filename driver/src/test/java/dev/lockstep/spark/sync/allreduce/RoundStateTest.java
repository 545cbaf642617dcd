package dev.lockstep.spark.sync.allreduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.TrainState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What ranks fetch and return of a state, part by part. */
class RoundStateTest {
    private static final TrainState START = new TrainState(
            3,
            1,
            2,
            new Parameters(new float[] {1, 2, 3}, new float[] {4}),
            new float[] {5, 6, 7, 8, 9, 10},
            new float[0],
            List.of(new float[] {11, 12, 13}, new float[] {14, 15, 16}),
            LossSum.ZERO,
            List.of());

    private final RoundState state = new RoundState(START);

    private float[] fetch(Section section, long at, int count) {
        ByteBuffer part = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        state.fetch(section, at, part);
        float[] floats = new float[count];
        part.asFloatBuffer().get(floats);
        return floats;
    }

    private void take(Section section, long at, float... floats) {
        ByteBuffer part = ByteBuffer.allocate(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        part.asFloatBuffer().put(floats);
        state.take(section, at, part);
    }

    @Test
    void givesParts() {
        assertThat(fetch(Section.PARAMETERS, 1, 2)).containsExactly(2, 3);
        assertThat(fetch(Section.SLOTS, 3, 2)).containsExactly(8, 9);
        assertThat(fetch(Section.RESIDUALS, 4, 2)).containsExactly(15, 16);
        assertThatThrownBy(() -> fetch(Section.SLOTS, 5, 2)).isInstanceOf(RuntimeException.class);
        assertThat(state.bytes()).isEqualTo(4 * (2 * (6 + 6) + 3 + 1));
    }

    @Test
    void putsPartsTogetherAndKeepsTheStart() {
        take(Section.PARAMETERS, 0, 21, 22, 23);
        take(Section.BUFFERS, 0, 24);
        take(Section.SLOTS, 2, 27, 28, 29, 30);
        take(Section.SLOTS, 0, 25, 26);
        take(Section.RESIDUALS, 3, 34, 35, 36);
        assertThatThrownBy(() -> state.next(4, LossSum.ZERO))
                .hasMessage("expected 6 floats of the RESIDUALS of a round, got 3");
        take(Section.RESIDUALS, 0, 31, 32, 33);
        TrainState next = state.next(4, LossSum.ZERO);
        assertThat(next.step()).isEqualTo(7);
        assertThat(next.stepInEpoch()).isEqualTo(6);
        assertThat(next.parameters().theta()).containsExactly(21, 22, 23);
        assertThat(next.parameters().buffers()).containsExactly(24);
        assertThat(next.optimizerState()).containsExactly(25, 26, 27, 28, 29, 30);
        assertThat(next.residuals().toArray(float[][]::new)).isDeepEqualTo(new float[][] {{31, 32, 33}, {34, 35, 36}});
        assertThat(START.optimizerState()).containsExactly(5, 6, 7, 8, 9, 10);
        assertThat(START.parameters().theta()).containsExactly(1, 2, 3);
    }
}
