package dev.lockstep.spark.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.ShardTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ShardAssignmentTest {
    @Test
    void rangesAreMadeOfWholeNodesWhereThatCostsNothing() {
        assertThat(ShardAssignment.of(8, 1)).hasToString("[0, 8]");
        assertThat(ShardAssignment.of(8, 2)).hasToString("[0, 4, 8]");
        assertThat(ShardAssignment.of(8, 8)).hasToString("[0, 1, 2, 3, 4, 5, 6, 7, 8]");
        // 3 + 3 + 2 would be two nodes each; 2 + 2 + 4 would be slower.
        assertThat(nodes(ShardAssignment.of(8, 3))).isEqualTo(5);
        // 3 + 2 + 3 + 2 has a range of two nodes that 2 + 2 + 2 + 4 has not, but then one rank has four shards.
        assertThat(ShardAssignment.of(6, 4)).hasToString("[0, 2, 4, 5, 6]");
    }

    private static int nodes(ShardAssignment assignment) {
        int nodes = 0;
        for (int rank = 0; rank < assignment.ranks(); rank++) {
            nodes += ShardTree.nodes(assignment.shards(), assignment.from(rank), assignment.to(rank))
                    .size();
        }
        return nodes;
    }

    @Test
    void everyShardHasOneRankAndNoneMoreThanItsPart() {
        for (int shards = 1; shards <= 40; shards++) {
            for (int ranks = 1; ranks <= shards; ranks++) {
                ShardAssignment assignment = ShardAssignment.of(shards, ranks);
                assertThat(assignment.ranks()).isEqualTo(ranks);
                assertThat(assignment.shards()).isEqualTo(shards);
                assertThat(assignment.mostShards()).isEqualTo((shards + ranks - 1) / ranks);
                int next = 0;
                for (int rank = 0; rank < ranks; rank++) {
                    assertThat(assignment.from(rank)).isEqualTo(next);
                    next = assignment.to(rank);
                    assertThat(next - assignment.from(rank)).isBetween(1, assignment.mostShards());
                    for (int shard = assignment.from(rank); shard < next; shard++) {
                        assertThat(assignment.taskOf(shard)).isEqualTo(rank);
                    }
                }
                assertThat(next).isEqualTo(shards);
            }
        }
    }

    @Test
    @Timeout(20)
    void manyShardsAreDividedAtOnce() {
        assertThat(ShardAssignment.of(100_000, 2)).hasToString("[0, 50000, 100000]");
        assertThat(ShardAssignment.of(100_000, 7).mostShards()).isEqualTo(14_286);
        assertThat(ShardAssignment.of(1 << 17, 4)).hasToString("[0, 32768, 65536, 98304, 131072]");
        for (int ranks : new int[] {1_000, 1_023, 5_000}) {
            ShardAssignment assignment = ShardAssignment.of(16_384, ranks);
            for (int rank = 0; rank < ranks; rank++) {
                assertThat(assignment.to(rank) - assignment.from(rank)).isBetween(1, assignment.mostShards());
            }
            assertThat(nodes(assignment)).isLessThan(5 * ranks);
        }
    }

    @Test
    void thereAreNeverMoreRanksThanShards() {
        assertThat(ShardAssignment.of(3, 8).ranks()).isEqualTo(3);
        assertThatThrownBy(() -> ShardAssignment.of(3, 0))
                .hasMessage("expected at least one shard, one task and one thread, got 3, 0 and 1");
    }

    @Test
    void severalRanksOfATaskSpreadEvenly() {
        ShardAssignment few = ShardAssignment.of(5, 2, 4);
        assertThat(few.ranks()).isEqualTo(5);
        assertThat(few.tasks()).isEqualTo(2);
        assertThat(few.taskTo(0)).isEqualTo(2);
        for (int shards = 1; shards <= 20; shards++) {
            for (int tasks = 1; tasks <= 6; tasks++) {
                for (int threads = 1; threads <= 5; threads++) {
                    ShardAssignment assignment = ShardAssignment.of(shards, tasks, threads);
                    assertThat(assignment.ranks()).isEqualTo(Math.min(shards, tasks * threads));
                    assertThat(assignment.tasks()).isEqualTo(Math.min(shards, tasks));
                    int rank = 0;
                    for (int task = 0; task < assignment.tasks(); task++) {
                        assertThat(assignment.firstRank(task)).isEqualTo(rank);
                        rank = assignment.firstRank(task + 1);
                        assertThat(rank - assignment.firstRank(task)).isBetween(1, threads);
                        for (int shard = assignment.taskFrom(task); shard < assignment.taskTo(task); shard++) {
                            assertThat(assignment.taskOf(shard)).isEqualTo(task);
                        }
                    }
                    assertThat(rank).isEqualTo(assignment.ranks());
                    assertThat(assignment.taskTo(assignment.tasks() - 1)).isEqualTo(shards);
                }
            }
        }
    }
}
