package dev.lockstep.spark.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What is known of the shards before they are built. */
class CutPlanTest {
    @Test
    void rowsThatAreTooWideForABlockAreAnError() {
        long[] counts = new long[CutPlan.BUCKETS];
        counts[7] = 8_001;
        assertThatThrownBy(() -> CutPlan.of(counts, 2, 600_000))
                .hasMessage("expected at most 536736 floats a row where a shard has 4001 rows, got 600000; shards of"
                        + " fewer than 4096 rows may have wider ones");
        assertThat(CutPlan.of(counts, 4, 600_000).shardRows(0)).isEqualTo(2_000);
    }
}
