package dev.lockstep.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowArrayTest {
    private static final int ROWS = 40;

    private static RowLayout layout(int features) {
        return new RowLayout(Shape.of(features), Shape.of(2), true, false);
    }

    /** Rows of no entry, few and many, some of them equal but for one number. */
    private static float[] rows(RowLayout layout) {
        Random random = new Random(3);
        float[] values = new float[ROWS * layout.width()];
        for (int row = 0; row < ROWS; row++) {
            int at = row * layout.width();
            int entries = row % 4 == 3 ? layout.features().size() / 2 : random.nextInt(4);
            for (int i = 0; i < entries; i++) {
                values[at + random.nextInt(layout.features().size())] = random.nextInt(3) - 1f;
            }
            values[at + layout.weightOffset()] = 1 + random.nextInt(2);
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {127, 128, 131, 70_000})
    void aRowIsTheSameHoweverItIsKept(int features) {
        RowLayout layout = layout(features);
        float[] values = rows(layout);
        RowArray kept = RowArray.of(layout, values, ROWS);
        RowArray whole = RowArray.whole(layout, values, ROWS);
        RowArray mixed = new RowArray(layout, 0);
        for (int row = 0; row < ROWS; row++) {
            mixed.add(row % 2 == 0 ? kept : whole, row);
            assertThat(kept.isSparse(row)).isEqualTo(features > 127 && row % 4 != 3);
            assertThat(kept.whole(row)).isEqualTo(whole.whole(row));
            assertThat(CanonicalOrder.hash(layout, kept, row, 9)).isEqualTo(CanonicalOrder.hash(layout, whole, row, 9));
            assertThat(CanonicalOrder.rowKey(layout, kept, row, 9))
                    .isEqualTo(CanonicalOrder.rowKey(layout, whole, row, 9));
            for (int other = Math.max(0, row - 5); other < row; other++) {
                int expected = Integer.signum(whole.compare(row, whole, other));
                assertThat(Integer.signum(kept.compare(row, kept, other))).isEqualTo(expected);
                assertThat(Integer.signum(kept.compare(row, whole, other))).isEqualTo(expected);
            }
        }
        long digest = CanonicalOrder.shards(layout, whole, 1, 7).get(0).digest();
        assertThat(CanonicalOrder.shards(layout, kept, 1, 7).get(0).digest()).isEqualTo(digest);
        assertThat(CanonicalOrder.shards(layout, mixed, 1, 7).get(0).digest()).isEqualTo(digest);
    }

    @ParameterizedTest
    @ValueSource(ints = {127, 128})
    void aRowThatIsTakenAwayLeavesNothing(int features) {
        RowLayout layout = layout(features);
        float[] values = rows(layout);
        RowArray rows = new RowArray(layout, 0);
        for (int row = 0; row < ROWS; row++) {
            rows.add(values, (ROWS - 1 - row) * layout.width());
            rows.removeLast();
            rows.add(values, row * layout.width());
        }
        RowArray expected = RowArray.of(layout, values, ROWS);
        assertThat(rows.rows()).isEqualTo(ROWS);
        assertThat(rows.entries()).isEqualTo(expected.entries());
        for (int row = 0; row < ROWS; row++) {
            assertThat(rows.whole(row)).isEqualTo(expected.whole(row));
        }
        rows.clear();
        assertThatThrownBy(rows::removeLast).isInstanceOf(IllegalStateException.class);
    }

    /** What decides the order of rows of existing models. */
    @Test
    void upTo65536FeaturesTheHashIsThatOfAllNumbers() {
        RowLayout layout = layout(300);
        float[] values = rows(layout);
        RowArray kept = RowArray.of(layout, values, ROWS);
        for (int row = 0; row < ROWS; row++) {
            assertThat(CanonicalOrder.hash(layout, kept, row, 5))
                    .isEqualTo(ContentHash.hash(values, row * layout.width(), layout.width(), 5));
            assertThat(CanonicalOrder.rowKey(layout, kept, row, 5))
                    .isEqualTo(ContentHash.hash(values, row * layout.width(), 300, 5));
        }
        assertThat(CanonicalOrder.hashAll(layout, kept, 5)).isEqualTo(ContentHash.hash(values, 0, values.length, 5));
        assertThat(layout(1 << 16).hashesEntries()).isFalse();
        assertThat(layout((1 << 16) + 1).hashesEntries()).isTrue();
    }

    @Test
    void entriesAreTakenOneByOne() {
        RowLayout layout = layout(160);
        RowArray rows = new RowArray(layout, 0);
        rows.add(new int[] {3, 70, 159}, new float[] {1, 0, -0f}, 3, new float[] {7, 8, 9});
        assertThat(rows.isSparse(0)).isTrue();
        assertThat(rows.entryEnd(0)).as("0 is no entry, -0 is").isEqualTo(2);
        float[] expected = new float[163];
        expected[3] = 1;
        expected[159] = -0f;
        System.arraycopy(new float[] {7, 8, 9}, 0, expected, 160, 3);
        assertThat(rows.whole(0)).containsExactly(expected);

        int[] many = new int[11];
        float[] ones = new float[11];
        Arrays.setAll(many, i -> i);
        Arrays.fill(ones, 1f);
        rows.add(many, ones, 10, new float[3]);
        rows.add(many, ones, 11, new float[3]);
        assertThat(rows.isSparse(1)).isTrue();
        assertThat(rows.isSparse(2)).as("more than one in 16").isFalse();
        assertThat(rows.whole(2)).startsWith(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0).endsWith(0, 0, 0);
    }

    @Test
    void rowsThatNoArrayHoldsAreAnError() {
        RowArray sparse = new RowArray(layout(Integer.MAX_VALUE - 8), 0);
        sparse.add(new int[] {5}, new float[] {1}, 1, new float[3]);
        assertThat(sparse.floats()).isEqualTo(4);
        RowArray whole = RowArray.whole(layout(Integer.MAX_VALUE - 8), new float[0], 0);
        assertThatThrownBy(() -> whole.add(new int[] {5}, new float[] {1}, 1, new float[3]))
                .hasMessage("expected rows that one array can hold, at most 2147483639 floats together, got 2147483642;"
                        + " fewer features take less");
    }
}
