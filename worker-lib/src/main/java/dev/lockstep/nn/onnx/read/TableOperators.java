package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.ColumnEmbeddings;
import dev.lockstep.nn.layer.Columns;
import dev.lockstep.nn.layer.Concat;
import dev.lockstep.nn.layer.Embedding;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gather, Slice and Concat: embeddings, parts of the features, and branches side by side. */
final class TableOperators {
    private final GraphReader reader;

    TableOperators(GraphReader reader) {
        this.reader = reader;
    }

    Map<String, Function<GraphNode, Flow>> operators() {
        return Map.of("Gather", this::gather, "Slice", this::slice, "Concat", this::concat);
    }

    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    static Embedding embedding(int vocabulary, int units, boolean maskZero) {
        return new Embedding(vocabulary, units, maskZero, null);
    }

    private Flow gather(GraphNode node) {
        Constant table = reader.file().constant(node.input(0));
        if (table == null) {
            return lastStep(node);
        }
        Flow x = reader.value(node.input(1));
        if (table.rank() != 2
                || node.number("axis", 0) != 0
                || !x.isPlain()
                || x.layout().rank() != 1) {
            throw node.refusal("expected a table [tokens, units] and rows of tokens [steps]");
        }
        int[] sizes = table.sizes();
        Step step = Step.after(x, embedding(sizes[0], sizes[1], false), List.of(table.floats()), Flow.NONE);
        return new Flow(step, step.output(), Layout.plain(step.output()));
    }

    /** The last state of a recurrent layer. */
    private Flow lastStep(GraphNode node) {
        Constant index = reader.file().constant(node.input(1));
        Flow x = reader.x(node);
        int place = x.layout().place(node.number("axis", 0));
        Step last = RecurrentOperators.lastState(x.last());
        if (index == null
                || !isLast(index, x)
                || last == null
                || !reader.mayChange(node, 0, x)
                || place < 0
                || x.layout().size(place) != x.shape().dimension(0)) {
            throw node.refusal("only the lookup in a table and the last state of a recurrent layer have counterparts");
        }
        Layout layout = x.layout().without(List.of(place));
        for (int i = 0; i < index.rank(); i++) {
            layout = layout.withOne(place < x.layout().rowsAxis() ? place : place + 1);
        }
        return new Flow(last, last.output(), layout);
    }

    private static boolean isLast(Constant index, Flow x) {
        return index.count() == 1
                && (index.integers()[0] == -1
                        || index.integers()[0] == x.shape().dimension(0) - 1);
    }

    /** Some features of a value. */
    private record Part(String of, int from, int to) {
        int size() {
            return to - from;
        }
    }

    /** Features by their places; null: the operator takes something else. */
    private @Nullable Part part(GraphNode node) {
        Constant from = reader.file().constant(node.input(1));
        Constant to = reader.file().constant(node.input(2));
        Constant axes = reader.file().constant(node.input(3));
        if (from == null || to == null || axes == null || from.count() != 1 || node.has(4)) {
            return null;
        }
        Flow x = reader.x(node);
        int place = x.layout().place(axes.integers()[0]);
        if (place != x.layout().rank() - 1
                || !x.isPlain()
                || x.layout().size(place) != x.shape().last()) {
            return null;
        }
        long width = x.shape().last();
        long start = from.integers()[0] < 0 ? from.integers()[0] + width : from.integers()[0];
        long end = Math.min(to.integers()[0] < 0 ? to.integers()[0] + width : to.integers()[0], width);
        return new Part(node.input(0), (int) start, (int) end);
    }

    private Flow slice(GraphNode node) {
        Part part = part(node);
        if (part == null || reader.x(node).shape().rank() != 1) {
            throw node.refusal("only a part of a row's features has a counterpart");
        }
        return columns(reader.x(node), List.of(part));
    }

    private static Flow columns(Flow x, List<Part> parts) {
        List<String> names = parts.stream()
                .map(part -> "features " + part.from + " to " + (part.to - 1))
                .toList();
        List<Columns.Part> places = parts.stream()
                .map(part -> new Columns.Part(part.from, part.size()))
                .toList();
        Step step = Step.after(x, new Columns(names, x.shape().size(), places, null), List.of(), Flow.NONE);
        return new Flow(step, step.output(), Layout.plain(step.output()));
    }

    private Flow concat(GraphNode node) {
        Flow known = meanAndVariance(node);
        known = known == null ? parts(node) : known;
        if (known != null) {
            return known;
        }
        List<Flow> branches = new ArrayList<>();
        for (int i = 0; i < node.inputs(); i++) {
            branches.add(reader.value(node.input(i)));
        }
        Flow first = branches.get(0);
        int place = first.layout().place(node.number("axis", 0));
        for (Flow branch : branches) {
            boolean fits = branch.layout().rank() == first.layout().rank()
                    && place >= 0
                    && branch.layout().isLast(place, branch.shape())
                    && (branch.isPlain() || branch.layout().equals(Layout.channelsFirst(branch.shape())));
            if (!fits) {
                throw node.refusal("expected values side by side in their channels, got one of a shape "
                        + Arrays.toString(branch.layout().sizes()) + " and axis " + node.number("axis", 0));
            }
        }
        return sideBySide(branches);
    }

    private Flow sideBySide(List<Flow> branches) {
        Step fork = Step.fork(branches);
        List<List<LayerSpec>> layers = new ArrayList<>();
        List<Step> all = new ArrayList<>();
        for (Flow branch : branches) {
            List<Step> path = Step.path(fork, branch.last());
            layers.add(Step.layers(path));
            all.addAll(path);
        }
        Shape input = fork == null ? reader.inputShape() : fork.output();
        Flow from = new Flow(fork, input, Layout.plain(input));
        Step step = Step.after(from, new Concat(layers), Step.tensors(all), Step.statistics(all));
        Flow first = branches.get(0);
        Layout layout = first.isPlain() ? Layout.plain(step.output()) : Layout.channelsFirst(step.output());
        return new Flow(step, step.output(), layout);
    }

    /** The first half as it is, the second half as variances; null: another pair of values. */
    private @Nullable Flow meanAndVariance(GraphNode node) {
        GraphFile file = reader.file();
        GraphNode mean = node.inputs() == 2 ? file.maker(node.input(0), "Slice") : null;
        GraphNode floored = mean == null ? null : file.maker(node.input(1), "Add");
        GraphNode variance = floored == null ? null : file.maker(floored.input(0), "Softplus");
        GraphNode second = variance == null ? null : file.maker(variance.input(0), "Slice");
        Constant floor = floored == null ? null : file.constant(floored.input(1));
        if (mean == null || second == null || floor == null || !floor.isOne(Activation.MeanAndVariance.FLOOR)) {
            return null;
        }
        Part left = part(mean);
        Part right = part(second);
        Flow x = reader.value(mean.input(0));
        boolean halves = left != null
                && right != null
                && left.of.equals(right.of)
                && left.from == 0
                && left.to == right.from
                && right.to == x.shape().last()
                && left.size() == right.size();
        return halves ? x.then(new Activation.MeanAndVariance()) : null;
    }

    /** A category's place and its table of vectors, beside plain features. */
    private record Category(Part part, Constant table) {}

    /** Several parts of one row of features, some of them the numbers of categories; null: something else. */
    private @Nullable Flow parts(GraphNode node) {
        List<Part> parts = new ArrayList<>();
        List<Category> categories = new ArrayList<>();
        for (int i = 0; i < node.inputs(); i++) {
            GraphNode slice = reader.file().maker(node.input(i), "Slice");
            Category category = slice == null ? category(node.input(i)) : null;
            Part part = slice != null ? part(slice) : category != null ? category.part : null;
            if (part == null || !parts.isEmpty() && !parts.get(0).of.equals(part.of)) {
                return null;
            }
            parts.add(part);
            if (category != null) {
                categories.add(category);
            }
        }
        Flow x = reader.value(parts.get(0).of);
        if (x.shape().rank() != 1) {
            return null;
        }
        return categories.isEmpty() ? columns(x, parts) : embedded(node, x, parts, categories);
    }

    private @Nullable Category category(String value) {
        GraphNode gather = reader.file().maker(value, "Gather");
        if (gather == null) {
            return null;
        }
        Constant table = reader.file().constant(gather.input(0));
        GraphNode cast = table == null ? null : reader.file().maker(gather.input(1), "Cast");
        GraphNode squeeze = cast == null ? null : reader.file().maker(cast.input(0), "Squeeze");
        GraphNode slice = squeeze == null ? null : reader.file().maker(squeeze.input(0), "Slice");
        Part part = slice == null ? null : part(slice);
        return part == null || table == null || table.rank() != 2 ? null : new Category(part, table);
    }

    private static Flow embedded(GraphNode node, Flow x, List<Part> parts, List<Category> categories) {
        int at = 0;
        for (Part part : parts) {
            if (part.from != at) {
                throw node.refusal("expected all features in order beside the vectors of categories");
            }
            at = part.to;
        }
        List<ColumnEmbeddings.Column> columns = new ArrayList<>();
        List<float[]> tables = new ArrayList<>();
        for (Category category : categories) {
            int[] sizes = category.table.sizes();
            float[] lines = category.table.floats();
            for (int i = 0; i < sizes[1]; i++) {
                if (lines[i] != 0) {
                    throw node.refusal("expected zeros for number 0, which is no category");
                }
            }
            columns.add(new ColumnEmbeddings.Column(category.part.from, sizes[0] - 1, sizes[1]));
            tables.add(Arrays.copyOfRange(lines, sizes[1], lines.length));
        }
        Step step = Step.after(x, new ColumnEmbeddings(columns), tables, Flow.NONE);
        return new Flow(step, step.output(), Layout.plain(step.output()));
    }
}
