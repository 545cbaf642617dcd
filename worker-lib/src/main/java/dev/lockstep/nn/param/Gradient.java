package dev.lockstep.nn.param;

import java.util.List;

/**
 * Where a backward pass leaves the gradient <em>sums</em> over its rows: one vector for each canonical tree node that
 * the pass's shards complete. A layer overwrites its own ranges in every node.
 *
 * @param nodes the nodes, in order of their shards
 */
public record Gradient(List<Node> nodes) {
    /** Number of nodes. A pass counts: an iterator would be an object a layer and step. */
    public int count() {
        return nodes.size();
    }

    /** The node of an index. */
    public Node node(int index) {
        return nodes.get(index);
    }

    /**
     * One node of the canonical tree over shards.
     *
     * @param from first shard, counted within the pass
     * @param to one past the last shard, counted within the pass
     * @param values one float a parameter: the sum of the gradients of the node's rows, shard by shard along the tree
     * @param moments {@link ChannelMoments} of what the node's rows had where running statistics are kept, in the order
     *     of the {@link StatisticsRange}s
     */
    public record Node(int from, int to, float[] values, double[] moments) {}
}
