package dev.lockstep.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RotateImagesTest {
    @Test
    void noAngleChangesNothing() {
        byte[] file = images(2, 2, 3, 0, 50, 255, 7, 8, 9, 200, 201, 202, 1, 2, 3);
        assertThat(RotateImages.rotate(file, 0)).isEqualTo(file);
        assertThat(RotateImages.rotate(file, 360)).isEqualTo(file);
    }

    @Test
    void rotatesCounterclockwise() {
        byte[] file = images(2, 3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255, 0, 0, 0, 0, 0, 0, 0, 0);
        byte[] quarter = images(2, 3, 3, 3, 6, 9, 2, 5, 8, 1, 4, 7, 0, 0, 0, 0, 0, 0, 255, 0, 0);
        byte[] half = images(2, 3, 3, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 255);
        assertThat(RotateImages.rotate(file, 90)).isEqualTo(quarter);
        assertThat(RotateImages.rotate(file, 180)).isEqualTo(half);
        assertThat(RotateImages.rotate(quarter, 90)).isEqualTo(half);
    }

    /** At 45 degrees a pixel beside the centre comes from a point sqrt(1/2) off the centre in both directions. */
    @Test
    void interpolatesBetweenTheFourNearest() {
        byte[] file = images(1, 3, 3, 0, 0, 0, 0, 100, 0, 0, 0, 0);
        byte[] rotated = RotateImages.rotate(file, 45);
        double near = (1 - StrictMath.sqrt(0.5)) * (1 - StrictMath.sqrt(0.5));
        assertThat(rotated)
                .isEqualTo(images(1, 3, 3, 0, round(near), 0, round(near), 100, round(near), 0, round(near), 0));
    }

    private static int round(double share) {
        return Math.toIntExact(Math.round(100 * share));
    }

    @Test
    void refusesOtherFiles() {
        byte[] file = images(1, 2, 2, 1, 2, 3, 4);
        byte[] labels = file.clone();
        labels[3] = 1;
        for (byte[] other : new byte[][] {labels, {}, Arrays.copyOf(file, 15), Arrays.copyOf(file, file.length - 1)}) {
            assertThatThrownBy(() -> RotateImages.rotate(other, 10))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("expected an idx file of images");
        }
    }

    private static byte[] images(int count, int height, int width, int... pixels) {
        ByteBuffer file = ByteBuffer.allocate(16 + pixels.length);
        file.putInt(0x803).putInt(count).putInt(height).putInt(width);
        for (int pixel : pixels) {
            file.put((byte) pixel);
        }
        return file.array();
    }
}
