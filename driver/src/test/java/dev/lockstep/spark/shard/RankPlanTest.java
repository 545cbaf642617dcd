package dev.lockstep.spark.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.ShardTree;
import org.junit.jupiter.api.Test;

class RankPlanTest {
    @Test
    void rangesAreMadeOfWholeNodesWhereThatCostsNothing() {
        assertThat(RankPlan.of(8, 1)).hasToString("[0, 8]");
        assertThat(RankPlan.of(8, 2)).hasToString("[0, 4, 8]");
        assertThat(RankPlan.of(8, 8)).hasToString("[0, 1, 2, 3, 4, 5, 6, 7, 8]");
        // 3 + 3 + 2 would be two nodes each; 2 + 2 + 4 would be slower.
        assertThat(nodes(RankPlan.of(8, 3))).isEqualTo(5);
        // 3 + 2 + 3 + 2 has a range of two nodes that 2 + 2 + 2 + 4 has not, but then one rank has four shards.
        assertThat(RankPlan.of(6, 4)).hasToString("[0, 2, 4, 5, 6]");
    }

    private static int nodes(RankPlan plan) {
        int nodes = 0;
        for (int rank = 0; rank < plan.ranks(); rank++) {
            nodes += ShardTree.nodes(plan.shards(), plan.from(rank), plan.to(rank))
                    .size();
        }
        return nodes;
    }

    @Test
    void everyShardHasOneRankAndNoneMoreThanItsPart() {
        for (int shards = 1; shards <= 40; shards++) {
            for (int ranks = 1; ranks <= shards; ranks++) {
                RankPlan plan = RankPlan.of(shards, ranks);
                assertThat(plan.ranks()).isEqualTo(ranks);
                assertThat(plan.shards()).isEqualTo(shards);
                assertThat(plan.mostShards()).isEqualTo((shards + ranks - 1) / ranks);
                int next = 0;
                for (int rank = 0; rank < ranks; rank++) {
                    assertThat(plan.from(rank)).isEqualTo(next);
                    next = plan.to(rank);
                    assertThat(next - plan.from(rank)).isBetween(1, plan.mostShards());
                    for (int shard = plan.from(rank); shard < next; shard++) {
                        assertThat(plan.taskOf(shard)).isEqualTo(rank);
                    }
                }
                assertThat(next).isEqualTo(shards);
            }
        }
    }

    @Test
    void thereAreNeverMoreRanksThanShards() {
        assertThat(RankPlan.of(3, 8).ranks()).isEqualTo(3);
        assertThatThrownBy(() -> RankPlan.of(3, 0))
                .hasMessage("expected at least one shard, one task and one thread, got 3, 0 and 1");
    }

    @Test
    void severalRanksOfATaskSpreadEvenly() {
        RankPlan few = RankPlan.of(5, 2, 4);
        assertThat(few.ranks()).isEqualTo(5);
        assertThat(few.tasks()).isEqualTo(2);
        assertThat(few.taskTo(0)).isEqualTo(2);
        for (int shards = 1; shards <= 20; shards++) {
            for (int tasks = 1; tasks <= 6; tasks++) {
                for (int threads = 1; threads <= 5; threads++) {
                    RankPlan plan = RankPlan.of(shards, tasks, threads);
                    assertThat(plan.ranks()).isEqualTo(Math.min(shards, tasks * threads));
                    assertThat(plan.tasks()).isEqualTo(Math.min(shards, tasks));
                    int rank = 0;
                    for (int task = 0; task < plan.tasks(); task++) {
                        assertThat(plan.firstRank(task)).isEqualTo(rank);
                        rank = plan.firstRank(task + 1);
                        assertThat(rank - plan.firstRank(task)).isBetween(1, threads);
                        for (int shard = plan.taskFrom(task); shard < plan.taskTo(task); shard++) {
                            assertThat(plan.taskOf(shard)).isEqualTo(task);
                        }
                    }
                    assertThat(rank).isEqualTo(plan.ranks());
                    assertThat(plan.taskTo(plan.tasks() - 1)).isEqualTo(shards);
                }
            }
        }
    }
}
