package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.product.ConvolutionPlan.Part;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;
import org.jspecify.annotations.Nullable;

/**
 * The chains of a {@link SimdConvolution} that end in an image: outputs, or gradients by inputs. Panel after panel of
 * the packed weights, each by {@link ConvolutionTiles} at all positions of the image.
 */
final class ConvolutionChains {
    /**
     * The most floats of a panel that all tiles of an image go through before the next ones are read, so that they come
     * from the first cache, or from the near second one where that has 32 KB beside AVX-512. Fewer and more were no
     * faster.
     */
    private static final int BLOCK = ConvolutionTiles.MAX_WIDTH == 48 ? 10 * 1024 : 6 * 1024;

    private final float[] tile = new float[ConvolutionTiles.SIZE];
    private final float[] edgeBias = new float[ConvolutionTiles.MAX_WIDTH];
    /** What there is of the tiles of an image between two runs. */
    private float[] waiting = new float[ConvolutionTiles.SIZE];

    // The operands.
    private float[] weights = new float[0];
    /** None where none is added. */
    private float @Nullable [] bias;

    private int biasOffset;
    private float[] c = new float[0];
    /** One past the last result of all images. */
    private int end;

    // The image at work.
    private float[] a = new float[0];
    private int aOffset;
    private int cOffset;

    // The panel at work.
    private int column;
    private int width;
    private int used;
    private float[] addend = Tiles.NOTHING;
    private int addendOffset;

    /**
     * Begins a run over images.
     *
     * @param packed read: the weights, packed as the plan says
     * @param addedBias added to the results if not null
     * @param results overwritten
     */
    void begin(float[] packed, @Nullable Vector addedBias, Matrix results) {
        weights = packed;
        bias = addedBias == null ? null : addedBias.array();
        biasOffset = addedBias == null ? 0 : addedBias.offset();
        c = results.array();
        end = results.offset() + results.rows() * results.columns();
    }

    /**
     * Takes an image to work.
     *
     * @param source read: what its chains go through, from {@code sourceOffset} on
     * @param to where its results begin
     */
    void take(float[] source, int sourceOffset, int to) {
        a = source;
        aOffset = sourceOffset;
        cOffset = to;
    }

    /**
     * Computes the chains of a part for the image, tile by tile. Where results lie without gaps, whole tiles are
     * written: what a last panel carries beyond its columns is overwritten by the next position's first ones, so panels
     * run from the last to the first.
     */
    void run(Part part) {
        int[] panels = part.panels();
        for (int i = panels.length - 2; i >= 0; i--) {
            column = panels[i];
            width = panels[i + 1] - column;
            used = Math.min(width, part.columns() - column);
            takeAddend(part);
            int block = block(part, width);
            for (int line = 0; line == 0 || line < part.length(); line += block) {
                runPanel(part, line, Math.min(line + block, part.length()));
            }
        }
    }

    private void takeAddend(Part part) {
        if (bias == null) {
            addend = Tiles.NOTHING;
            addendOffset = 0;
            return;
        }
        int from = biasOffset + part.weights().group() * part.columns() + column;
        if (used < width) {
            System.arraycopy(bias, from, edgeBias, 0, used);
        }
        addend = used < width ? edgeBias : bias;
        addendOffset = used < width ? 0 : from;
    }

    /** How many lines of a panel are read by all tiles in turn: whole runs, or all lines. */
    private static int block(Part part, int width) {
        int run = part.run();
        return run == 0 ? Math.max(1, part.length()) : Math.max(1, BLOCK / (width * run)) * run;
    }

    /**
     * Continues the chains of the panel's columns through some of its lines; results are written when the last line has
     * been read.
     */
    private void runPanel(Part part, int line, int endLine) {
        boolean last = endLine == part.length();
        if (!last) {
            waiting = Buffers.atLeast(waiting, (part.positions() + ConvolutionTiles.MAX_ROWS) * width);
        }
        for (int p = 0, tileRows; p < part.positions(); p += tileRows) {
            tileRows = ConvolutionTiles.rows(width, part.positions() - p, part.run() > 0);
            int rows = Math.min(tileRows, part.positions() - p);
            boolean whole = rows == tileRows && part.step() > 0;
            boolean straight = whole && (used == width || part.closed() && endOfTile(part, p + rows - 1) <= end);
            if (part.run() == 0) {
                runTile(part, p, tileRows, straight);
            } else {
                runTile(part, p, tileRows, line, endLine, straight);
            }
            for (int r = 0; last && !straight && r < rows; r++) {
                System.arraycopy(tile, r * width, c, cOffset + part.to()[p + r] + column, used);
            }
        }
    }

    private int endOfTile(Part part, int lastPosition) {
        return cOffset + column + part.to()[lastPosition] + width;
    }

    private int panel(Part part) {
        return part.weights().packed() + column * part.weights().lines() + part.firstLine() * width;
    }

    /**
     * Runs a tile through all lines, place by place.
     *
     * @param straight whether the results go where they belong; otherwise into {@link #tile}
     */
    private void runTile(Part part, int first, int rows, boolean straight) {
        Chains.chains(
                rows,
                width,
                part.length(),
                part.places(),
                0,
                a,
                aOffset,
                part.from(),
                first,
                weights,
                panel(part),
                width,
                Tiles.ZEROS,
                0,
                0,
                addend,
                addendOffset,
                straight ? c : tile,
                straight ? cOffset + part.to()[first] + column : 0,
                straight ? part.step() : width);
    }

    /** Continues a tile through some lines, run by run; what there is of it between two runs waits. */
    private void runTile(Part part, int first, int rows, int line, int endLine, boolean straight) {
        float[] out = straight ? c : tile;
        int outOffset = straight ? cOffset + part.to()[first] + column : 0;
        int outStep = straight ? part.step() : width;
        int[] from = part.from();
        int[] places = part.places();
        int length = part.length();
        int panel = panel(part);
        int run = part.run();
        int waits = line == 0 && endLine == length ? 0 : first * width;
        for (int l = line; l < endLine; l += run) {
            boolean resumed = l > 0;
            boolean last = l + run == length;
            Chains.runs(
                    rows,
                    width,
                    run,
                    a,
                    aOffset + places[l],
                    from,
                    first,
                    weights,
                    panel + l * width,
                    width,
                    resumed ? waiting : Tiles.ZEROS,
                    resumed ? waits : 0,
                    resumed ? width : 0,
                    last ? addend : Tiles.NOTHING,
                    last ? addendOffset : 0,
                    last ? out : waiting,
                    last ? outOffset : waits,
                    last ? outStep : width);
        }
    }
}
