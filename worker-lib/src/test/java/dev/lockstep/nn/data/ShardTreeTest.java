package dev.lockstep.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.ShardTree.Node;
import dev.lockstep.nn.data.ShardTree.Partial;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardTreeTest {
    private static String join(String left, String right) {
        return "(" + left + right + ")";
    }

    @Test
    void splitsAtTheLargestPowerOfTwoBelowTheSize() {
        assertThat(ShardTree.split(0, 2)).isEqualTo(1);
        assertThat(ShardTree.split(0, 3)).isEqualTo(2);
        assertThat(ShardTree.split(0, 8)).isEqualTo(4);
        assertThat(ShardTree.split(0, 9)).isEqualTo(8);
        assertThat(ShardTree.split(10, 15)).isEqualTo(14);
        assertThatThrownBy(() -> ShardTree.split(3, 4)).hasMessage("shards [3, 4) cannot be split");
    }

    @Test
    void mergesInTreeOrder() {
        assertThat(ShardTree.mergeAll(1, String::valueOf, ShardTreeTest::join)).isEqualTo("0");
        assertThat(ShardTree.mergeAll(3, String::valueOf, ShardTreeTest::join)).isEqualTo("((01)2)");
        assertThat(ShardTree.mergeAll(7, String::valueOf, ShardTreeTest::join)).isEqualTo("(((01)(23))((45)6))");
    }

    @Test
    void skipsAbsentShards() {
        assertThat(ShardTree.mergeAll(5, shard -> shard % 2 == 0 ? null : "" + shard, ShardTreeTest::join))
                .isEqualTo("(13)");
        assertThat(ShardTree.<String>mergeAll(4, shard -> null, ShardTreeTest::join))
                .isNull();
    }

    @Test
    void findsTheFewestNodes() {
        assertThat(ShardTree.nodes(8, 0, 8)).containsExactly(new Node(0, 8));
        assertThat(ShardTree.nodes(8, 1, 7))
                .containsExactly(new Node(1, 2), new Node(2, 4), new Node(4, 6), new Node(6, 7));
        assertThat(ShardTree.nodes(7, 4, 7)).containsExactly(new Node(4, 7));
        assertThat(ShardTree.nodes(7, 3, 3)).isEmpty();
        assertThatThrownBy(() -> ShardTree.nodes(7, 3, 8)).hasMessage("shards [3, 8) lie outside [0, 7)");
    }

    @Test
    void anyDivisionIntoRangesGivesTheSameTree() {
        for (int shards = 1; shards <= 21; shards++) {
            for (long seed = 0; seed < 20; seed++) {
                Random random = new Random(seed);
                List<Partial<String>> partials = new ArrayList<>();
                for (int from = 0; from < shards; ) {
                    int to = from + 1 + random.nextInt(shards - from);
                    for (Node node : ShardTree.nodes(shards, from, to)) {
                        partials.add(new Partial<>(
                                node, ShardTree.merge(node, ShardTreeTest::presentUnlessThree, ShardTreeTest::join)));
                    }
                    from = to;
                }
                Collections.shuffle(partials, random);
                assertThat(ShardTree.combine(shards, partials, ShardTreeTest::join))
                        .as("%d shards, seed %d", shards, seed)
                        .isEqualTo(ShardTree.mergeAll(shards, ShardTreeTest::presentUnlessThree, ShardTreeTest::join));
            }
        }
    }

    @Test
    void consecutiveShardsAreMergedAsFarAsTheyAllow() {
        for (int shards = 1; shards <= 13; shards++) {
            for (int from = 0; from < shards; from++) {
                for (int to = from + 1; to <= shards; to++) {
                    List<Partial<String>> leaves = new ArrayList<>();
                    for (int shard = to - 1; shard >= from; shard--) {
                        leaves.add(new Partial<>(new Node(shard, shard + 1), presentUnlessThree(shard)));
                    }
                    List<Partial<String>> expected = ShardTree.nodes(shards, from, to).stream()
                            .map(node -> new Partial<>(
                                    node,
                                    ShardTree.merge(node, ShardTreeTest::presentUnlessThree, ShardTreeTest::join)))
                            .toList();
                    assertThat(ShardTree.complete(shards, leaves, ShardTreeTest::join))
                            .isEqualTo(expected);
                }
            }
        }
        assertThatThrownBy(() -> ShardTree.complete(4, List.of(partial(1, 2), partial(3, 4)), ShardTreeTest::join))
                .hasMessage("expected a sum that begins at shard 2 of 4, got shards [3, 4)");
    }

    private static String presentUnlessThree(int shard) {
        return shard == 3 ? null : "" + shard;
    }

    @Test
    void refusesWhatDoesNotCoverTheShards() {
        assertThatThrownBy(() -> ShardTree.combine(2, List.of(partial(0, 1)), ShardTreeTest::join))
                .hasMessage("expected sums of 2 shards, got 1");
        assertThatThrownBy(() -> ShardTree.combine(3, List.of(partial(0, 1), partial(2, 3)), ShardTreeTest::join))
                .hasMessage("expected a sum that begins at shard 1 of 3, got shards [2, 3)");
        assertThatThrownBy(() -> ShardTree.combine(3, List.of(partial(0, 1), partial(1, 3)), ShardTreeTest::join))
                .hasMessage("shards [1, 3) are no node of the tree");
    }

    private static Partial<String> partial(int from, int to) {
        return new Partial<>(new Node(from, to), "x");
    }
}
