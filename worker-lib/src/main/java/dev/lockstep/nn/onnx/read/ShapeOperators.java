package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.layer.Columns;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** What only moves elements, which layers do not notice, and Dropout. */
final class ShapeOperators {
    /** Stands for the number of rows among sizes. */
    private static final long ROWS = Long.MIN_VALUE;

    private final GraphReader reader;

    ShapeOperators(GraphReader reader) {
        this.reader = reader;
    }

    Map<String, Function<GraphNode, Flow>> operators() {
        return Map.of(
                "Identity", reader::x,
                "Cast", reader::x,
                "Dropout", this::dropout,
                "Flatten", this::flatten,
                "Reshape", this::reshape,
                "Transpose", this::transpose,
                "Squeeze", this::squeeze,
                "Unsqueeze", this::unsqueeze);
    }

    private Flow dropout(GraphNode node) {
        double rate = node.real("ratio", 0.5);
        if (node.has(1)) {
            rate = GraphNode.decimal(reader.constant(node, 1, "a ratio").floats()[0]);
        }
        Flow x = reader.x(node);
        return rate == 0 ? x : x.then(new Dropout(rate));
    }

    private Flow flatten(GraphNode node) {
        Flow x = reader.x(node);
        long axis = node.number("axis", 1);
        if (x.layout().rowsAxis() != 0 || axis != 1 && axis != -x.layout().rank()) {
            throw node.refusal("expected axis 1, behind the rows");
        }
        return x.in(x.layout()
                .reshaped(Factor.product(
                        x.layout().axes().stream().flatMap(List::stream).toList())));
    }

    /** The input of a reshape, cut into other axes. */
    Flow cut(GraphNode node) {
        Flow x = reader.x(node);
        long[] target = sizes(node.input(1));
        long[] old = node.numbers("shape");
        if (target == null) {
            target = old;
        }
        if (target == null) {
            throw node.refusal("expected a shape that is known when the file is read");
        }
        return x.in(x.layout().reshaped(rowSizes(node, x, target)));
    }

    private int[] rowSizes(GraphNode node, Flow x, long[] target) {
        int size = x.shape().size();
        boolean rowsFirst = target.length > 0
                && (target[0] == 0 || target[0] == ROWS || target[0] == -1 || target[0] == reader.fixedRows());
        if (x.layout().rowsAxis() != 0 || !rowsFirst) {
            throw node.refusal("expected the rows first and untouched, got a shape " + Arrays.toString(target));
        }
        int[] sizes = new int[target.length - 1];
        int known = 1;
        for (int i = 0; i < sizes.length; i++) {
            long each = target[i + 1] == 0 && i < x.layout().rank() ? x.layout().size(i) : target[i + 1];
            sizes[i] = (int) each;
            known *= each > 0 ? (int) each : 1;
        }
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = sizes[i] < 0 ? size / known : sizes[i];
        }
        if (Arrays.stream(sizes).reduce(1, (a, b) -> a * b) != size) {
            throw node.refusal("expected rows of " + size + " numbers, got a shape " + Arrays.toString(target));
        }
        return sizes;
    }

    private Flow reshape(GraphNode node) {
        Flow x = reader.x(node);
        Flow cut = cut(node);
        int[] sizes = cut.layout().sizes();
        if (x.shape().rank() > 1
                || sizes.length < 2
                || !x.layout().inOrder()
                || Arrays.stream(sizes).max().orElse(1) == x.shape().size()) {
            return cut;
        }
        // One channel first is one channel last.
        boolean image = sizes.length == 3 && sizes[0] == 1;
        Shape shape = image ? Shape.of(sizes[1], sizes[2], 1) : Shape.of(sizes);
        Layout layout = image ? Layout.channelsFirst(shape) : Layout.plain(shape);
        if (x.last() == null) {
            return new Flow(null, reader.tentativeInput(shape), layout);
        }
        Step last = x.last();
        if (last.layer() instanceof Columns columns && columns.shape() == null && reader.mayChange(node, 0, x)) {
            Columns shaped = new Columns(columns.names(), columns.features(), columns.parts(), shape);
            return new Flow(last.with(shaped, last.tensors()), shape, layout);
        }
        int size = x.shape().size();
        Columns all = new Columns(List.of("all"), size, List.of(new Columns.Part(0, size)), shape);
        return x.then(all, List.of(), Flow.NONE, layout);
    }

    private Flow transpose(GraphNode node) {
        Flow x = reader.x(node);
        long[] order = node.numbers("perm");
        int rank = x.layout().rank() + 1;
        return x.in(x.layout()
                .transposed(
                        order == null
                                ? LongStream.range(0, rank)
                                        .map(i -> rank - 1 - i)
                                        .toArray()
                                : order));
    }

    private Flow squeeze(GraphNode node) {
        Flow x = reader.x(node);
        long[] axes = reader.axes(node);
        if (axes == null) {
            throw node.refusal("expected axes");
        }
        List<Integer> places = reader.places(node, x.layout(), axes);
        for (int place : places) {
            if (x.layout().size(place) != 1) {
                throw node.refusal("expected axes of size 1, got "
                        + Arrays.toString(x.layout().sizes()));
            }
        }
        return x.in(x.layout().without(places));
    }

    private Flow unsqueeze(GraphNode node) {
        Flow x = reader.x(node);
        long[] axes = reader.axes(node);
        if (axes == null) {
            throw node.refusal("expected axes");
        }
        int rank = x.layout().rank() + 1 + axes.length;
        Layout layout = x.layout();
        for (long axis : Arrays.stream(axes)
                .map(axis -> axis < 0 ? axis + rank : axis)
                .sorted()
                .toArray()) {
            layout = layout.withOne((int) axis);
        }
        return x.in(layout);
    }

    /** Sizes that a graph computes of others' shapes; null: of something else. */
    private long @Nullable [] sizes(String name) {
        Constant constant = reader.file().constant(name);
        if (constant != null) {
            return constant.integers();
        }
        GraphNode node = reader.file().maker(name);
        if (node == null) {
            return null;
        }
        return switch (node.operator()) {
            case "Shape" -> shape(reader.x(node).layout());
            case "Identity", "Cast", "Unsqueeze", "Squeeze" -> sizes(node.input(0));
            case "Gather" -> picked(sizes(node.input(0)), sizes(node.input(1)));
            case "Slice" -> sliced(node);
            case "Concat" -> joined(node);
            default -> null;
        };
    }

    private static long[] shape(Layout layout) {
        long[] sizes = new long[layout.rank() + 1];
        for (int i = 0; i < sizes.length; i++) {
            int place = layout.place(i);
            sizes[i] = place < 0 ? ROWS : layout.size(place);
        }
        return sizes;
    }

    private static long @Nullable [] picked(long @Nullable [] sizes, long @Nullable [] places) {
        if (sizes == null || places == null) {
            return null;
        }
        return Arrays.stream(places)
                .map(place -> sizes[(int) (place < 0 ? place + sizes.length : place)])
                .toArray();
    }

    private long @Nullable [] sliced(GraphNode node) {
        long[] sizes = sizes(node.input(0));
        Constant from = reader.file().constant(node.input(1));
        Constant to = reader.file().constant(node.input(2));
        if (sizes == null || from == null || to == null) {
            return null;
        }
        long start = from.integers()[0];
        long end = Math.min(to.integers()[0], sizes.length);
        return Arrays.copyOfRange(
                sizes, (int) (start < 0 ? start + sizes.length : start), (int) (end < 0 ? end + sizes.length : end));
    }

    private long @Nullable [] joined(GraphNode node) {
        LongStream all = LongStream.empty();
        for (int i = 0; i < node.inputs(); i++) {
            long[] part = sizes(node.input(i));
            if (part == null) {
                return null;
            }
            all = LongStream.concat(all, Arrays.stream(part));
        }
        return all.toArray();
    }
}
