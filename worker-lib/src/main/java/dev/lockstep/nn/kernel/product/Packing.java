package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Lanes;
import dev.lockstep.nn.tensor.Matrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies operands of a matrix product into panels: for each index l of the chain the elements that a tile needs at
 * once, side by side. A panel of width w holds element (l, r) at {@code l * w + r}; where the operand ends before the
 * panel does, it holds +0.
 */
final class Packing {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();

    /**
     * Elements of a chain that are packed before those of the next row: what they are written to stays in the first
     * cache.
     */
    private static final int BLOCK = 256;

    private Packing() {}

    /**
     * Packs one panel.
     *
     * @param source read: element (l, r) of the panel; r as far as they exist, at most the width
     * @param width of the panel
     * @param panel overwritten from {@code panelOffset}, {@code source.rows() * width} elements
     */
    static void panel(Matrix source, int width, float[] panel, int panelOffset) {
        if (source.transposed()) {
            alongChains(source, width, panel, panelOffset);
        } else {
            acrossChains(source, width, panel, panelOffset);
        }
    }

    /** Packs from an operand whose panel elements are contiguous. */
    private static void acrossChains(Matrix matrix, int width, float[] panel, int panelOffset) {
        int k = matrix.rows();
        int used = matrix.columns();
        float[] source = matrix.array();
        int ld = matrix.stride();
        int from = matrix.offset();
        int to = panelOffset;
        int l = 0;
        if (used == width && width == 2 * L) {
            for (; l < k; l++) {
                FloatVector.fromArray(F, source, from).intoArray(panel, to);
                FloatVector.fromArray(F, source, from + L).intoArray(panel, to + L);
                from += ld;
                to += width;
            }
        } else if (used == width && width == L) {
            for (; l < k; l++) {
                FloatVector.fromArray(F, source, from).intoArray(panel, to);
                from += ld;
                to += width;
            }
        }
        for (; l < k; l++) {
            for (int r = 0; r < used; r++) {
                panel[to + r] = source[from + r];
            }
            for (int r = used; r < width; r++) {
                panel[to + r] = 0f;
            }
            from += ld;
            to += width;
        }
    }

    /**
     * Packs whole panels of two vectors, all in one walk along the rows of the operand. Row by row is what the machine
     * foresees and fetches in advance; panel by panel it would wait for each row.
     *
     * @param matrix read: [k, columns], not transposed; columns a multiple of the panels' width
     * @param panels overwritten, {@code k * columns} elements, panel after panel
     */
    static void panels(Matrix matrix, float[] panels) {
        int k = matrix.rows();
        int columns = matrix.columns();
        float[] source = matrix.array();
        int ld = matrix.stride();
        int step = k * 2 * L;
        int from = matrix.offset();
        for (int l = 0; l < k; l++) {
            int to = l * 2 * L;
            for (int j = 0; j < columns; j += 2 * L) {
                FloatVector.fromArray(F, source, from + j).intoArray(panels, to);
                FloatVector.fromArray(F, source, from + j + L).intoArray(panels, to + L);
                to += step;
            }
            from += ld;
        }
    }

    /**
     * Packs from an operand whose chains are contiguous. Two rows at a time, whose elements are written side by side.
     */
    private static void alongChains(Matrix matrix, int width, float[] panel, int panelOffset) {
        int k = matrix.rows();
        int used = matrix.columns();
        float[] source = matrix.array();
        int offset = matrix.offset();
        int ld = matrix.stride();
        for (int first = 0; first < k; first += BLOCK) {
            int length = Math.min(BLOCK, k - first);
            int from = offset + first;
            int to = panelOffset + first * width;
            int r = 0;
            for (; r + 2 <= used; r += 2) {
                pairOfRows(length, width, source, from + r * ld, from + (r + 1) * ld, panel, to + r);
            }
            for (; r < width; r++) {
                for (int l = 0, at = to + r; l < length; l++, at += width) {
                    panel[at] = r < used ? source[from + r * ld + l] : 0f;
                }
            }
        }
    }

    private static void pairOfRows(
            int length, int width, float[] source, int even, int odd, float[] panel, int panelOffset) {
        for (int l = 0, at = panelOffset; l < length; l++, at += width) {
            panel[at] = source[even + l];
            panel[at + 1] = source[odd + l];
        }
    }
}
