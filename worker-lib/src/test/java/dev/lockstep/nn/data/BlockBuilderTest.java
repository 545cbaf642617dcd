package dev.lockstep.nn.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class BlockBuilderTest {
    private static List<Integer> sizes(RowLayout layout, int rows, IntFunction<RowArray> row) {
        List<Integer> sizes = new ArrayList<>();
        BlockBuilder builder = new BlockBuilder(layout, rows, block -> sizes.add(block.rows()));
        for (int i = 0; i < rows; i++) {
            builder.add(row.apply(i), 0);
        }
        builder.finish();
        int[] firstRows = builder.firstRows();
        assertThat(firstRows).hasSize(sizes.size() + 1);
        assertThat(firstRows[sizes.size()]).isEqualTo(rows);
        for (int i = 0; i < sizes.size(); i++) {
            assertThat(firstRows[i + 1] - firstRows[i]).isEqualTo(sizes.get(i));
        }
        return sizes;
    }

    private static RowArray row(RowLayout layout, int ones) {
        float[] values = new float[layout.width()];
        for (int i = 0; i < ones; i++) {
            values[i] = 1;
        }
        return RowArray.of(layout, values, 1);
    }

    @Test
    void aBlockHasFourThousandRowsUnlessTheyAreWide() {
        RowLayout narrow = new RowLayout(Shape.of(1, 1, 1023), Shape.of(1), false, false);
        assertThat(sizes(narrow, 5000, i -> row(narrow, 1))).containsExactly(4096, 904);
        RowLayout wider = new RowLayout(Shape.of(1, 1, 1024), Shape.of(1), false, false);
        assertThat(sizes(wider, 5000, i -> row(wider, 1))).containsExactly(4092, 908);
        RowLayout wide = new RowLayout(Shape.of(1, 1, 599_999), Shape.of(1), false, false);
        assertThat(sizes(wide, 15, i -> row(wide, 1))).containsExactly(6, 6, 3);
        RowLayout widest = new RowLayout(Shape.of(1, 1, Block.NUMBERS), Shape.of(1), false, false);
        assertThat(sizes(widest, 2, i -> row(widest, 1))).containsExactly(1, 1);
        assertThat(sizes(widest, 0, i -> row(widest, 1))).isEmpty();
    }

    /** Entries count, not features: wide rows with few of them lie in blocks as large as those of narrow rows. */
    @Test
    void sparseRowsCountByTheirEntries() {
        RowLayout layout = new RowLayout(Shape.of(99_999), Shape.of(1), false, false);
        assertThat(sizes(layout, 5000, i -> row(layout, 30))).containsExactly(4096, 904);
        // 3,000 entries are 3,000 values and as many indexes, with the target 6,001 numbers.
        assertThat(sizes(layout, 1000, i -> row(layout, 3000))).containsExactly(698, 302);
        // A whole row has 100,000 numbers.
        assertThat(sizes(layout, 50, i -> row(layout, 99_999))).containsExactly(41, 9);
    }
}
