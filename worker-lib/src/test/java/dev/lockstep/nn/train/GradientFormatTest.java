package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GradientFormatTest {
    private static final int[] LENGTHS = {0, 1, 15, 17, 33, 4099};

    /** Rounded numbers, of which a part is not zero. */
    private static float[] gradient(GradientFormat format, int length, double present, int seed) {
        Random random = new Random(seed);
        float[] values = new float[length + 5];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextDouble() < present ? (float) random.nextGaussian() : 0f;
        }
        format.round(values, 0, values.length);
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void gradientsArriveAsTheyWere(GradientFormat format) {
        for (int length : LENGTHS) {
            for (double present : new double[] {0, 0.01, 0.49, 0.51, 1}) {
                float[] sent = gradient(format, length, present, length);
                int bytes = format.bytes(sent, 2, length);
                ByteBuffer buffer = ByteBuffer.allocate(bytes + 3).order(ByteOrder.LITTLE_ENDIAN);
                format.put(buffer.position(3), sent, 2, length);
                assertThat(buffer.hasRemaining()).isFalse();
                // As a network hands it over.
                ByteBuffer direct = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
                direct.put(buffer.position(3)).flip();
                float[] got = new float[length + 3];
                Arrays.fill(got, 9);
                format.get(direct, got, 1, length);
                assertThat(direct.hasRemaining()).isFalse();
                assertThat(Arrays.copyOfRange(got, 1, 1 + length)).isEqualTo(Arrays.copyOfRange(sent, 2, 2 + length));
                assertThat(got[0]).isEqualTo(9);
                assertThat(got[length + 1]).isEqualTo(9);
            }
        }
    }

    @Test
    void whatTheySave() {
        float[] full = gradient(GradientFormat.FLOAT32, 1000, 1, 1);
        assertThat(GradientFormat.FLOAT32.bytes(full, 0, 1000)).isEqualTo(4000);
        assertThat(GradientFormat.BFLOAT16.bytes(full, 0, 1000)).isEqualTo(2000);
        assertThat(GradientFormat.FLOAT16.bytes(full, 0, 1000)).isEqualTo(2000);
        assertThat(GradientFormat.SPARSE.bytes(full, 0, 1000)).isEqualTo(4004);
        float[] few = new float[1000];
        few[3] = 1;
        few[999] = Float.NaN;
        assertThat(GradientFormat.SPARSE.bytes(few, 0, 1000)).isEqualTo(4 + 2 * 8);
    }

    @Test
    void damagedSparseGradientsAreRefused() {
        refuses("expected at most half of 8 values, got 4", 4);
        refuses("expected at most half of 8 values, got -2", -2);
        refuses("expected an index below 8, got 8", 1, 8, 0);
        refuses("expected an index below 8, got -1", 1, -1, 0);
        assertThatThrownBy(() -> read(2, 1, 2, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static void refuses(String message, int... words) {
        assertThatThrownBy(() -> read(words)).hasMessage(message);
    }

    private static void read(int... words) {
        ByteBuffer buffer = ByteBuffer.allocate(words.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asIntBuffer().put(words);
        GradientFormat.SPARSE.get(buffer, new float[8], 0, 8);
    }
}
