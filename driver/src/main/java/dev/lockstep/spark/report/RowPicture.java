package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;

/**
 * How the features of a row are drawn, where they are an image, or a table of numbers without names.
 *
 * @param height in pixels
 * @param width in pixels
 * @param channels 1 or 3
 */
record RowPicture(int height, int width, int channels) {
    /** Rows are no pictures. */
    static final RowPicture NONE = new RowPicture(0, 0, 0);

    /** The greatest number of a pixel, as in {@link FirstLayer}. */
    private static final int WHITE = 254;

    private static final int COLOURS = 3;

    /** A smaller table says more in numbers. */
    private static final int LEAST_SIDE = 8;

    /** The picture that rows of a model are. */
    static RowPicture of(ModelDescription model) {
        Shape input = model.input();
        if (input.rank() == 3 && (input.last() == 1 || input.last() == COLOURS)) {
            return new RowPicture(input.dimension(0), input.dimension(1), input.last());
        }
        boolean table = input.rank() == 2 && model.cells() == null && !model.lengths();
        return table && Math.min(input.dimension(0), input.last()) >= LEAST_SIDE
                ? new RowPicture(input.dimension(0), input.last(), 1)
                : NONE;
    }

    /** Whether rows are pictures. */
    boolean isOne() {
        return channels > 0;
    }

    void describe(ObjectNode json) {
        if (isOne()) {
            json.put("width", width).put("height", height).put("channels", channels);
        }
    }

    /** Numbers from 0 for the least feature of a row to 254 for the greatest. */
    ArrayNode pixels(float[] features) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (float feature : features) {
            least = Math.min(least, feature);
            most = Math.max(most, feature);
        }
        ArrayNode pixels = SpecMapper.json().createArrayNode();
        for (float feature : features) {
            pixels.add(most > least ? Math.round((feature - least) / (most - least) * WHITE) : 0);
        }
        return pixels;
    }
}
