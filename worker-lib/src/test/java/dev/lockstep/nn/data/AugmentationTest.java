package dev.lockstep.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    private static final int HEIGHT = 3;
    private static final int WIDTH = 4;
    private static final int CHANNELS = 2;
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(HEIGHT, WIDTH, CHANNELS), Shape.of(1), false, false);

    /** Every pixel of every row has a number of its own: 1000 row + 100 h + 10 w + c + 1. */
    private static Batch batch(int... shardRows) {
        int rows = Arrays.stream(shardRows).sum();
        Batch batch = new Batch(LAYOUT, rows, shardRows.length);
        int row = 0;
        for (int count : shardRows) {
            batch.beginShard();
            for (int i = 0; i < count; i++, row++) {
                float[] values = new float[LAYOUT.width()];
                for (int j = 0; j < HEIGHT * WIDTH * CHANNELS; j++) {
                    values[j] = pixel(row, j / CHANNELS / WIDTH, j / CHANNELS % WIDTH, j % CHANNELS);
                }
                batch.addRow(values, 0, 0);
            }
            batch.endShard();
        }
        return batch;
    }

    private static float pixel(int row, int h, int w, int c) {
        boolean inside = h >= 0 && h < HEIGHT && w >= 0 && w < WIDTH;
        return inside ? 1000 * row + 100 * h + 10 * w + c + 1 : 0;
    }

    /** Whether a row is the original, mirrored or not, moved by these distances. */
    private static boolean is(Batch batch, int row, boolean mirrored, int down, int right) {
        for (int h = 0; h < HEIGHT; h++) {
            for (int w = 0; w < WIDTH; w++) {
                for (int c = 0; c < CHANNELS; c++) {
                    int from = w - right;
                    float expected =
                            pixel(row, h - down, mirrored && from >= 0 && from < WIDTH ? WIDTH - 1 - from : from, c);
                    int at = batch.features().rowOffset(row) + (h * WIDTH + w) * CHANNELS + c;
                    if (batch.features().array()[at] != expected) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    @Test
    void everyImageIsMirroredOrNotAndMovedByOneOfAllDistances() {
        int rows = 400;
        Batch batch = batch(rows);
        new Augmentation(true, 2).apply(batch, 5, 9, 0, Scaling.NONE);
        Set<String> seen = new HashSet<>();
        for (int row = 0; row < rows; row++) {
            Set<String> explanations = new HashSet<>();
            for (boolean mirrored : new boolean[] {false, true}) {
                for (int down = -2; down <= 2; down++) {
                    for (int right = -2; right <= 2; right++) {
                        if (is(batch, row, mirrored, down, right)) {
                            explanations.add(mirrored + " " + down + " " + right);
                        }
                    }
                }
            }
            assertThat(explanations).as("what became of row %d", row).hasSize(1);
            seen.addAll(explanations);
        }
        assertThat(seen).hasSize(50);
    }

    @Test
    void onlyWhatWasAskedForHappens() {
        Batch flipped = batch(60);
        new Augmentation(true, null).apply(flipped, 5, 9, 0, Scaling.NONE);
        int mirrored = 0;
        for (int row = 0; row < 60; row++) {
            mirrored += is(flipped, row, true, 0, 0) ? 1 : 0;
            assertThat(is(flipped, row, true, 0, 0) || is(flipped, row, false, 0, 0))
                    .isTrue();
        }
        assertThat(mirrored).isBetween(15, 45);
        Batch untouched = batch(3);
        Augmentation.NONE.apply(untouched, 5, 9, 0, Scaling.NONE);
        assertThat(untouched.features().array()).isEqualTo(batch(3).features().array());
    }

    /** Each pixel is that of the original, or where that has none the fill: compared with all moves there are. */
    @Test
    void whatMovesInIsAsWanted() {
        Scaling scaling = new Scaling(new float[] {3, -1}, new float[] {2, 4});
        for (Augmentation.Fill fill :
                new Augmentation.Fill[] {Augmentation.Fill.Named.EDGE, new Augmentation.Fill.Background(5)}) {
            Batch batch = batch(200);
            new Augmentation(false, 2, fill).apply(batch, 5, 9, 0, scaling);
            Set<String> seen = new HashSet<>();
            for (int row = 0; row < 200; row++) {
                for (int move = 0; move < 25; move++) {
                    if (isFilled(batch, row, move / 5 - 2, move % 5 - 2, fill)) {
                        seen.add(row + "");
                    }
                }
            }
            assertThat(seen).as("rows that are explained, %s", fill).hasSize(200);
        }
    }

    private static boolean isFilled(Batch batch, int row, int down, int right, Augmentation.Fill fill) {
        for (int i = 0; i < HEIGHT * WIDTH * CHANNELS; i++) {
            int h = i / CHANNELS / WIDTH - down;
            int w = i / CHANNELS % WIDTH - right;
            int c = i % CHANNELS;
            float expected = pixel(row, h, w, c);
            if (expected == 0) {
                expected = fill == Augmentation.Fill.Named.EDGE
                        ? pixel(row, Math.max(0, Math.min(HEIGHT - 1, h)), Math.max(0, Math.min(WIDTH - 1, w)), c)
                        : c == 0 ? (5 - 3) / 2f : (5 + 1) / 4f;
            }
            if (batch.features().array()[batch.features().rowOffset(row) + i] != expected) {
                return false;
            }
        }
        return true;
    }

    @Test
    void aRowsChangesDependOnItsShardAndPlaceAndTheStepAlone() {
        Augmentation augmentation = new Augmentation(true, 1);
        Batch whole = batch(3, 0, 4);
        augmentation.apply(whole, 1, 2, 5, Scaling.NONE);
        // Shard 7 alone, with the images that are rows 3 to 6 of the whole batch.
        Batch part = new Batch(LAYOUT, 4, 1);
        part.beginShard();
        for (int row = 3; row < 7; row++) {
            Batch original = batch(3, 0, 4);
            float[] values = new float[LAYOUT.width()];
            System.arraycopy(
                    original.features().array(), original.features().rowOffset(row), values, 0, values.length - 1);
            part.addRow(values, 0, 0);
        }
        part.endShard();
        Batch later = batch(3, 0, 4);
        augmentation.apply(part, 1, 2, 7, Scaling.NONE);
        augmentation.apply(later, 1, 3, 5, Scaling.NONE);
        int from = whole.features().rowOffset(3);
        float[] expected = Arrays.copyOfRange(
                whole.features().array(), from, from + part.features().array().length);
        assertThat(part.features().array()).isEqualTo(expected);
        assertThat(later.features().array()).isNotEqualTo(whole.features().array());
    }

    @Test
    void whatIsNoImageIsAnError() {
        assertThatThrownBy(() -> new Augmentation(true, 0).check(images(784)))
                .hasMessage("data.augment: expected images [height, width, channels], got features of shape [784]");
        assertThatThrownBy(() -> new Augmentation(false, 3).check(images(5, 3, 1)))
                .hasMessage("data.augment.shift: expected less than the image's side 3, got 3");
        assertThatThrownBy(() -> new Augmentation(false, -1)).hasMessage("shift: expected at least 0, got -1");
        assertThatThrownBy(
                        () -> new Augmentation(true, 0).check(new RowLayout(Shape.of(5, 3), Shape.of(1), false, true)))
                .hasMessageStartingWith("data.augment: expected images, got rows with lengths of their own");
        Augmentation.NONE.check(images(784));
    }

    private static RowLayout images(int... shape) {
        return new RowLayout(Shape.of(shape), Shape.of(1), false, false);
    }
}
