package dev.lockstep.nn.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The fixed binary tree over shard numbers along which sums are merged, so that rounding does not depend on who
 * computes what. A range of {@code n >= 2} shards is split at the largest power of two below {@code n}; a range of one
 * is a leaf.
 *
 * <p>A shard without rows is <em>absent</em> (null): merging it with {@code x} gives {@code x} itself, no operation
 * takes place. Merging is always called as {@code merge(left, right)}, left being the lower shards.
 *
 * <p>The shape of a subtree depends on its size alone: the node of shards {@code [a, b)} is the tree of {@code b - a}
 * shards.
 */
public final class ShardTree {

    /**
     * A node of the tree: shards {@code from} to {@code to - 1}.
     *
     * @param from first shard
     * @param to after the last shard
     */
    public record Node(int from, int to) {
        public Node {
            if (from < 0 || to <= from) {
                throw new IllegalArgumentException("no shards in [" + from + ", " + to + ")");
            }
        }

        @Override
        public String toString() {
            return "[" + from + ", " + to + ")";
        }
    }

    /**
     * The sum of one node's shards.
     *
     * @param node which shards
     * @param sum their sum; none where all of them are absent
     */
    public record Partial<T>(Node node, @Nullable T sum) {}

    private ShardTree() {}

    /** Where the node of shards {@code from} to {@code to - 1}, at least two, is split in two. */
    public static int split(int from, int to) {
        int size = to - from;
        if (size < 2) {
            throw new IllegalArgumentException("shards [" + from + ", " + to + ") cannot be split");
        }
        return from + Integer.highestOneBit(size - 1);
    }

    /**
     * The fewest nodes of the tree over {@code [0, shards)} that together are the shards {@code from} to {@code to -
     * 1}, in shard order; none for an empty range. These are what the owner of the range can complete alone.
     */
    public static List<Node> nodes(int shards, int from, int to) {
        if (from < 0 || from > to || to > shards) {
            throw new IllegalArgumentException("shards [" + from + ", " + to + ") lie outside [0, " + shards + ")");
        }
        List<Node> nodes = new ArrayList<>();
        if (from < to) {
            collect(0, shards, from, to, nodes);
        }
        return nodes;
    }

    private static void collect(int nodeFrom, int nodeTo, int from, int to, List<Node> nodes) {
        if (from >= nodeTo || to <= nodeFrom) {
            return;
        }
        if (from <= nodeFrom && nodeTo <= to) {
            nodes.add(new Node(nodeFrom, nodeTo));
            return;
        }
        int middle = split(nodeFrom, nodeTo);
        collect(nodeFrom, middle, from, to, nodes);
        collect(middle, nodeTo, from, to, nodes);
    }

    /**
     * Merges the shards of one node.
     *
     * @param node which shards
     * @param leaf the sum of one shard, or null if it is absent; asked once a shard, in increasing order
     * @param merge left, right to their sum; may change and return one of them
     * @return the sum, or null if all shards are absent
     */
    public static <T> @Nullable T merge(Node node, IntFunction<@Nullable T> leaf, BinaryOperator<T> merge) {
        if (node.to() - node.from() == 1) {
            return leaf.apply(node.from());
        }
        int middle = split(node.from(), node.to());
        @Nullable T left = merge(new Node(node.from(), middle), leaf, merge);
        @Nullable T right = merge(new Node(middle, node.to()), leaf, merge);
        return mergePresent(left, right, merge);
    }

    /** Merges all shards {@code [0, shards)}; see {@link #merge}. */
    public static <T> @Nullable T mergeAll(int shards, IntFunction<@Nullable T> leaf, BinaryOperator<T> merge) {
        return merge(new Node(0, shards), leaf, merge);
    }

    /**
     * Merges the nodes that several ranks have completed into the sum over all shards.
     *
     * @param shards how many shards there are
     * @param partials nodes of the tree over {@code [0, shards)} which cover every shard once, in any order
     * @param merge left, right to their sum; may change and return one of them
     * @return the sum, or null if all shards are absent
     * @throws IllegalArgumentException if a shard is missing, comes twice, or a range is no node of the tree
     */
    public static <T> @Nullable T combine(int shards, List<Partial<T>> partials, BinaryOperator<T> merge) {
        List<Partial<T>> sorted = consecutive(shards, 0, partials);
        int to = sorted.isEmpty() ? 0 : sorted.get(sorted.size() - 1).node().to();
        if (to != shards) {
            throw new IllegalArgumentException("expected sums of " + shards + " shards, got " + to);
        }
        return new Combination<>(sorted, merge).sum(0, shards);
    }

    /**
     * Merges the nodes of consecutive shards as far as they alone allow: into the {@link #nodes} of their range.
     *
     * @param shards how many shards there are
     * @param partials nodes of the tree over {@code [0, shards)} which cover each shard of a range once, in any order;
     *     at least one
     * @param merge left, right to their sum; may change and return one of them
     * @return the nodes of the range, in shard order
     * @throws IllegalArgumentException if a shard is missing, comes twice, or a range is no node of the tree
     */
    public static <T> List<Partial<T>> complete(int shards, List<Partial<T>> partials, BinaryOperator<T> merge) {
        int from = shards;
        for (Partial<T> partial : partials) {
            from = Math.min(from, partial.node().from());
        }
        List<Partial<T>> sorted = consecutive(shards, from, partials);
        Combination<T> combination = new Combination<>(sorted, merge);
        List<Partial<T>> complete = new ArrayList<>();
        for (Node node :
                nodes(shards, from, sorted.get(sorted.size() - 1).node().to())) {
            complete.add(new Partial<>(node, combination.sum(node.from(), node.to())));
        }
        return complete;
    }

    /**
     * Merges nodes as far as they alone allow, where shards may be missing between them.
     *
     * @param shards how many shards there are
     * @param partials nodes of the tree over {@code [0, shards)}, none of them twice, in any order
     * @param merge left, right to their sum; may change and return one of them
     * @return the nodes of each range of consecutive shards, in shard order
     */
    public static <T> List<Partial<T>> completeRanges(int shards, List<Partial<T>> partials, BinaryOperator<T> merge) {
        List<Partial<T>> sorted = new ArrayList<>(partials);
        sorted.sort((a, b) -> Integer.compare(a.node().from(), b.node().from()));
        List<Partial<T>> complete = new ArrayList<>();
        int first = 0;
        for (int i = 1; i <= sorted.size(); i++) {
            if (i == sorted.size()
                    || sorted.get(i).node().from() != sorted.get(i - 1).node().to()) {
                complete.addAll(complete(shards, sorted.subList(first, i), merge));
                first = i;
            }
        }
        return complete;
    }

    /** The nodes in shard order, having checked that they follow upon each other. */
    private static <T> List<Partial<T>> consecutive(int shards, int from, List<Partial<T>> partials) {
        List<Partial<T>> sorted = new ArrayList<>(partials);
        sorted.sort((a, b) -> Integer.compare(a.node().from(), b.node().from()));
        int next = from;
        for (Partial<T> partial : sorted) {
            if (partial.node().from() != next) {
                throw new IllegalArgumentException("expected a sum that begins at shard " + next + " of " + shards
                        + ", got shards " + partial.node());
            }
            next = partial.node().to();
        }
        return sorted;
    }

    private static <T> @Nullable T mergePresent(@Nullable T left, @Nullable T right, BinaryOperator<T> merge) {
        if (left == null) {
            return right;
        }
        return right == null ? left : merge.apply(left, right);
    }

    /** Walks the tree while consuming the partial sums in shard order. */
    private static final class Combination<T> {
        private final List<Partial<T>> partials;
        private final BinaryOperator<T> merge;
        private int position;

        Combination(List<Partial<T>> partials, BinaryOperator<T> merge) {
            this.partials = partials;
            this.merge = merge;
        }

        @Nullable
        T sum(int from, int to) {
            Partial<T> next = partials.get(position);
            if (next.node().from() == from && next.node().to() == to) {
                position++;
                return next.sum();
            }
            if (to - from == 1 || next.node().to() > to) {
                throw new IllegalArgumentException("shards " + next.node() + " are no node of the tree");
            }
            int middle = split(from, to);
            @Nullable T left = sum(from, middle);
            @Nullable T right = sum(middle, to);
            return mergePresent(left, right, merge);
        }
    }
}
