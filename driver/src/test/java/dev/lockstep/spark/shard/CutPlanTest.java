package dev.lockstep.spark.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What is known of the shards before they are built. */
class CutPlanTest {
    @Test
    void rowsMayBeWide() {
        long[] counts = new long[CutPlan.BUCKETS];
        counts[7] = 8_001;
        assertThat(CutPlan.of(counts, 2, 600_000).shardRows(1)).isEqualTo(4_001);
        assertThat(CutPlan.of(counts, 4, 600_000).shardRows(0)).isEqualTo(2_000);
    }

    /** What a router keeps is divided among the groups: the rows that travel to one of them together are many. */
    @Test
    void groupsFollowTheNumberOfRows() {
        long[] counts = new long[CutPlan.BUCKETS];
        Arrays.fill(counts, 1_000_000_000L / CutPlan.BUCKETS);
        for (int width : new int[] {2, 10, 30}) {
            CutPlan plan = CutPlan.of(counts, 64, width);
            int rowsTogether = RowRouter.MOST_NUMBERS / width / plan.groups();
            assertThat(rowsTogether).as("width %d", width).isGreaterThan(100);
            assertThat(plan.rows() / plan.groups() * width)
                    .as("floats sorted at a time")
                    .isLessThan(1 << 25);
            assertThat(plan.isHeavy(0)).isFalse();
        }
        Arrays.fill(counts, 1);
        assertThat(CutPlan.of(counts, 8, 10).groups()).isEqualTo(16);
    }

    @Test
    void aBucketOfManyEqualRowsIsHeavy() {
        long[] counts = new long[CutPlan.BUCKETS];
        Arrays.fill(counts, 10_000);
        counts[9] = 1_000_000;
        CutPlan plan = CutPlan.of(counts, 8, 10);
        assertThat(plan.isHeavy(9)).isTrue();
        assertThat(plan.isHeavy(8)).isFalse();
    }
}
