package dev.lockstep.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockBuilderTest {
    @Test
    void rowsThatNoArrayHoldsABlockOfAreAnError() {
        RowLayout wide = new RowLayout(Shape.of(1, 1, 599_999), Shape.of(1), false, false);
        assertThatThrownBy(() -> new BlockBuilder(wide, 10_000, block -> {}))
                .hasMessage(
                        "expected at most 524287 floats a row where a shard has 10000 rows, got 600000; shards of fewer"
                                + " than 4096 rows may have wider ones");
        Block.check(10_000, 524_287);
    }

    @Test
    void aFewRowsMayBeWide() {
        RowLayout wide = new RowLayout(Shape.of(599_999), Shape.of(1), false, false);
        List<Block> blocks = new ArrayList<>();
        BlockBuilder builder = new BlockBuilder(wide, 1, blocks::add);
        builder.add(RowArray.whole(wide, new float[wide.width()], 1), 0);
        builder.finish();
        assertThat(blocks).hasSize(1);
        assertThat(builder.rows()).isEqualTo(1);
    }
}
