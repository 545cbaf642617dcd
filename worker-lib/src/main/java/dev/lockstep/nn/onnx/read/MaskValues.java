package dev.lockstep.nn.onnx.read;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values of a graph that Lockstep wrote which say where rows end. The layers find that out themselves, so what such
 * values do to others is left out.
 */
final class MaskValues {
    private final GraphFile file;
    private final @Nullable String lengths;
    private final boolean any;
    private final Map<String, Boolean> known = new HashMap<>();

    /**
     * Of a file.
     *
     * @param lengths the input with lengths; null: there is none
     * @param any whether Lockstep wrote the graph; in others nothing is a mask
     */
    MaskValues(GraphFile file, @Nullable String lengths, boolean any) {
        this.file = file;
        this.lengths = lengths;
        this.any = any;
    }

    /** Whether a value depends on the rows by their ends alone. */
    boolean contains(String value) {
        if (!any) {
            return false;
        }
        Boolean answer = known.get(value);
        if (answer == null) {
            answer = value.equals(lengths) || tokens(value) != null || ofMasks(value);
            known.put(value, answer);
        }
        return answer;
    }

    private boolean ofMasks(String value) {
        GraphNode node = file.maker(value);
        if (node == null) {
            return false;
        }
        boolean found = false;
        for (int i = 0; i < node.inputs(); i++) {
            String input = node.input(i);
            boolean neutral = file.constant(input) != null || file.maker(input, "Shape") != null;
            if (!neutral && !contains(input)) {
                return false;
            }
            found |= !neutral;
        }
        return found;
    }

    /** The tokens whose last one that is not 0 a value is the place of; null: it is something else. */
    @Nullable
    String tokens(String value) {
        GraphNode cast = file.maker(value, "Cast");
        GraphNode greatest = cast == null ? null : file.maker(cast.input(0), "ReduceMax");
        GraphNode where = greatest == null ? null : file.maker(greatest.input(0), "Where");
        GraphNode equal = where == null ? null : file.maker(where.input(0), "Equal");
        return equal == null ? null : equal.input(0);
    }

    /** The tokens that decide where rows end, at the root of a mask; null: lengths do. */
    @Nullable
    String root(String mask) {
        String tokens = tokens(mask);
        GraphNode node = file.maker(mask);
        if (tokens != null || node == null) {
            return tokens;
        }
        for (int i = 0; i < node.inputs(); i++) {
            if (contains(node.input(i))) {
                return root(node.input(i));
            }
        }
        return null;
    }
}
