package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.param.GradientLayout;
import dev.lockstep.nn.param.RowTensor;
import dev.lockstep.spark.shard.ShardAssignment;
import java.util.List;
import org.junit.jupiter.api.Test;

class VectorMemoryTest {
    @Test
    void countsTheVectorsOfOneProcess() {
        // Two ranks of four shards complete a node of the tree each; three ranks, of 2, 3 and 3 shards, complete more.
        GradientLayout whole = GradientLayout.whole(1000);
        assertThat(VectorMemory.of(whole, 2, ShardAssignment.of(8, 2))).isEqualTo(new VectorMemory(1000, 2, 1000, 2));
        assertThat(VectorMemory.of(whole, 2, ShardAssignment.of(8, 3)).sums()).isGreaterThan(3);
        assertThat(new VectorMemory(1000, 2, 1000, 2).bytes()).isEqualTo(20_000);
        // Of a table of which few rows are used a gradient keeps only these.
        GradientLayout table = new GradientLayout(1000, List.of(new RowTensor(0, 90, 10)));
        assertThat(VectorMemory.of(table, 2, ShardAssignment.of(8, 2)).bytes()).isEqualTo(12_800);
    }

    @Test
    void refusesWhatCannotFit() {
        VectorMemory wide = new VectorMemory(128_000_002, 2, 128_000_002, 2);
        wide.check(4L << 30);
        assertThatThrownBy(() -> wide.check(2L << 30))
                .hasMessage("model.layers: 128,000,002 parameters, with 2 vectors of the optimiser and 2 of gradients,"
                        + " take at least 2,441 MB, more than the driver's heap of 2,048 MB; give it more with"
                        + " --driver-memory, or use fewer units or features");
    }
}
