package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Follows a graph from its outputs to its input and says which layers make each value on the way. Rooms of operators
 * ask it for the values that go into theirs.
 */
final class GraphReader {
    private static final int MAX_DEPTH = 3000;
    private static final long NO_ROWS = -2;

    private final GraphFile file;
    private final String input;
    private final MaskValues masks;
    private final Map<String, Function<GraphNode, Flow>> operators = new HashMap<>();
    private final Map<String, Flow> known = new HashMap<>();
    private Shape inputShape;
    private boolean inputShapeKnown;
    private long fixedRows = NO_ROWS;
    private final InputScale scale = new InputScale();
    private int depth;

    /**
     * A reader.
     *
     * @param input the value that rows are given as
     * @param first that value as it is seen first
     * @param masks values that say where rows end
     */
    GraphReader(GraphFile file, String input, Flow first, MaskValues masks) {
        this.file = file;
        this.input = input;
        this.masks = masks;
        inputShape = first.shape();
        known.put(input, first);
        operators.putAll(new DenseOperators(this).operators());
        operators.putAll(new WindowOperators(this).operators());
        operators.putAll(new NormOperators(this).operators());
        operators.putAll(new PoolOperators(this).operators());
        operators.putAll(new RecurrentOperators(this).operators());
        operators.putAll(new ShapeOperators(this).operators());
        operators.putAll(new ActivationOperators(this).operators());
        operators.putAll(new ArithmeticOperators(this).operators());
        operators.putAll(new TableOperators(this).operators());
    }

    GraphFile file() {
        return file;
    }

    MaskValues masks() {
        return masks;
    }

    /** The shape of a row as the network takes it. */
    Shape inputShape() {
        return inputShape;
    }

    /** Says how many rows the graph was written for, where it says so. */
    void setFixedRows(long rows) {
        fixedRows = rows;
    }

    /** How many rows the graph was written for; a number that is no size if for any. */
    long fixedRows() {
        return fixedRows;
    }

    /** The input in a shape that a reshape gives it, unless it was used in another already. */
    Shape tentativeInput(Shape shape) {
        if (!inputShapeKnown) {
            inputShape = shape;
        }
        return shape;
    }

    /** What is done to features before the first layer. */
    Scaling scaling() {
        return scale.scaling();
    }

    InputScale inputScale() {
        return scale;
    }

    /**
     * The layers that make a value.
     *
     * @throws IllegalArgumentException naming the operator that is no layer, and why
     */
    Flow value(String name) {
        Flow flow = known.get(name);
        if (flow != null) {
            return flow;
        }
        GraphNode node = file.maker(name);
        if (node == null) {
            throw new IllegalArgumentException("value \"" + name + "\": expected one that depends on the input \""
                    + input + "\" alone, got " + (file.constant(name) != null ? "a constant" : "another input"));
        }
        Function<GraphNode, Flow> operator = operators.get(node.operator());
        if (operator == null || !node.proto().getDomain().isEmpty()) {
            throw node.refusal("Lockstep has no layer for it");
        }
        if (depth++ > MAX_DEPTH) {
            throw node.refusal("the graph is more than " + MAX_DEPTH + " operators deep");
        }
        flow = apply(operator, node);
        depth--;
        known.put(name, flow);
        return flow;
    }

    private static Flow apply(Function<GraphNode, Flow> operator, GraphNode node) {
        try {
            return operator.apply(node);
        } catch (IllegalArgumentException | ArithmeticException e) {
            String message = e.getMessage();
            // What goes into the operator was refused already.
            if (message != null
                    && (message.startsWith("operator ")
                            || message.startsWith("value ")
                            || message.startsWith("tensor "))) {
                throw e;
            }
            throw node.refusal(message);
        }
    }

    /** The first input of an operator. */
    Flow x(GraphNode node) {
        return value(node.input(0));
    }

    /** An input that does not depend on the rows. */
    Constant constant(GraphNode node, int i, String what) {
        Constant constant = file.constant(node.input(i));
        if (constant == null) {
            throw node.refusal("expected " + what + " that do not depend on the rows");
        }
        return constant;
    }

    /** Whole numbers as an operator's attribute (in earlier versions) or input; null: neither. */
    long @Nullable [] axes(GraphNode node) {
        long[] axes = node.numbers("axes");
        return axes != null || !node.has(1) ? axes : constant(node, 1, "axes").integers();
    }

    /** The same as places among the axes without the rows'. */
    List<Integer> places(GraphNode node, Layout layout, long[] axes) {
        List<Integer> places = Arrays.stream(axes).mapToObj(layout::place).toList();
        if (places.contains(-1)) {
            throw node.refusal("mixes the rows");
        }
        return places;
    }

    /** Whether the value that goes into an operator goes nowhere else, so that its last layer may be changed. */
    boolean mayChange(GraphNode node, int i, Flow x) {
        return x.last() != null && file.usedOnce(node.input(i));
    }

    /**
     * The value as an image {@code [height, width, channels]} or a sequence {@code [steps, channels]}, which the graph
     * has with its channels first. The input becomes one where it is used as one.
     */
    Flow image(Flow x, int places) {
        if (x.isChannelsFirst(places)
                || x.layout().rank() != places + 1
                || x.layout().rowsAxis() != 0) {
            return x;
        }
        int[] sizes = x.layout().sizes();
        int[] channelsLast = new int[sizes.length];
        System.arraycopy(sizes, 1, channelsLast, 0, places);
        channelsLast[places] = sizes[0];
        Shape image = Shape.of(channelsLast);
        if (x.last() == null && x.layout().inOrder() && (!inputShapeKnown || inputShape.equals(image))) {
            inputShape = image;
            inputShapeKnown = true;
            return new Flow(null, image, Layout.channelsFirst(image));
        }
        return x;
    }
}
