package dev.lockstep.nn.param;

import dev.lockstep.nn.tensor.RowSparseMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The place to which a backward pass writes the gradient <em>sums</em> over its rows: one vector for each canonical
 * tree node that the pass's shards complete. A layer overwrites its own ranges in every node.
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

    /** The same gradient as a layer sees it whose parameters begin at {@code first} of all, and are counted from 0. */
    public Gradient countedFrom(int first) {
        return new Gradient(nodes.stream().map(node -> node.countedFrom(first)).toList());
    }

    /**
     * One node of the canonical tree over shards. A layer writes the gradient of a tensor to {@link #array} from
     * {@link #index} on, or, if {@link #rows} gives it a matrix for the tensor, as the rows that the pass has used.
     */
    public static final class Node {
        private final int from;
        private final int to;
        private final GradientLayout layout;
        /** The parameter that callers count as number 0. */
        private final int origin;

        private final float[] values;
        private final double[] moments;
        private final ByRows[] tensors;

        /** The gradient of a tensor that is kept by rows: as the layer has left it last. */
        private static final class ByRows {
            final RowSparseMatrix rows;
            float @Nullable [] whole;
            boolean isWhole;

            ByRows(RowTensor tensor) {
                rows = new RowSparseMatrix(tensor.rows(), tensor.columns());
            }
        }

        /**
         * A node whose gradient is one array.
         *
         * @param from first shard, counted within the pass
         * @param to one past the last shard, counted within the pass
         * @param values one float a parameter: the sum of the gradients of the node's rows, shard by shard along the
         *     tree
         * @param moments {@link ChannelMoments} of what the node's rows had where running statistics are kept, in the
         *     order of the {@link StatisticsRange}s
         */
        public Node(int from, int to, float[] values, double[] moments) {
            this(from, to, GradientLayout.whole(values.length), values, moments);
        }

        /** A node of a layout; {@code values} are those of the parameters that are not kept by rows. */
        Node(int from, int to, GradientLayout layout, float[] values, double[] moments) {
            this(
                    from,
                    to,
                    layout,
                    0,
                    values,
                    moments,
                    layout.tensors().stream().map(ByRows::new).toArray(ByRows[]::new));
        }

        private Node(
                int from,
                int to,
                GradientLayout layout,
                int origin,
                float[] values,
                double[] moments,
                ByRows[] tensors) {
            this.from = from;
            this.to = to;
            this.layout = layout;
            this.origin = origin;
            this.values = values;
            this.moments = moments;
            this.tensors = tensors;
        }

        /** A node of other shards in the same arrays. */
        public Node over(int otherFrom, int otherTo) {
            return new Node(otherFrom, otherTo, layout, origin, values, moments, tensors);
        }

        /** See {@link Gradient#countedFrom}. */
        private Node countedFrom(int first) {
            return new Node(from, to, layout, origin + first, values, moments, tensors);
        }

        /** First shard, counted within the pass. */
        public int from() {
            return from;
        }

        /** One past the last shard, counted within the pass. */
        public int to() {
            return to;
        }

        /** The gradients of all parameters that are not kept by rows. */
        public float[] values() {
            return values;
        }

        /** {@link ChannelMoments} of what the node's rows had where running statistics are kept. */
        public double[] moments() {
            return moments;
        }

        /**
         * What the gradient of a tensor is to be written to as numbers, from {@link #index} on.
         *
         * @param parameter index of the tensor's first parameter
         */
        public float[] array(int parameter) {
            int number = layout.tensorAt(origin + parameter);
            if (number < 0) {
                return values;
            }
            ByRows tensor = tensors[number];
            tensor.isWhole = true;
            if (tensor.whole == null) {
                tensor.whole = new float[layout.tensors().get(number).length()];
            }
            return tensor.whole;
        }

        /**
         * Where in {@link #array} the gradient of a tensor begins.
         *
         * @param parameter index of the tensor's first parameter
         */
        public int index(int parameter) {
            return layout.tensorAt(origin + parameter) < 0 ? layout.index(origin + parameter) : 0;
        }

        /**
         * What the gradient of a tensor is to be written to as rows; null if it is not kept by rows.
         *
         * @param parameter index of the tensor's first parameter
         */
        public @Nullable RowSparseMatrix rows(int parameter) {
            int number = layout.tensorAt(origin + parameter);
            if (number < 0) {
                return null;
            }
            tensors[number].isWhole = false;
            return tensors[number].rows;
        }

        /** The gradient of all parameters, in this node's arrays. */
        public GradientVector gradient() {
            return gradient(0);
        }

        /**
         * The gradient in this node's arrays.
         *
         * @param first the first parameter whose gradient is complete; no tensor that is kept by rows begins before it
         *     and ends after it
         */
        public GradientVector gradient(int first) {
            List<GradientPiece> pieces = new ArrayList<>(2 * tensors.length + 1);
            int next = first;
            for (int i = 0; i < tensors.length; i++) {
                RowTensor tensor = layout.tensors().get(i);
                if (tensor.offset() >= first) {
                    addNumbers(pieces, next, tensor.offset());
                    pieces.add(piece(tensor, tensors[i]));
                    next = tensor.end();
                }
            }
            addNumbers(pieces, next, layout.parameters());
            if (pieces.isEmpty()) {
                pieces.add(new GradientSlice(values, 0, first, first));
            }
            return new GradientVector(pieces);
        }

        private void addNumbers(List<GradientPiece> pieces, int first, int end) {
            if (first < end) {
                pieces.add(new GradientSlice(values, layout.index(first), first, end));
            }
        }

        private static GradientPiece piece(RowTensor tensor, ByRows kept) {
            return kept.isWhole
                    ? new GradientSlice(Objects.requireNonNull(kept.whole), 0, tensor.offset(), tensor.end())
                    : GradientRows.of(tensor, kept.rows);
        }
    }
}
