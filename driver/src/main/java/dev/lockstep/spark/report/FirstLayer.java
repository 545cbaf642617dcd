package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import org.jspecify.annotations.Nullable;

/** The weights of a network's first layer as pictures, where its rows are images. */
final class FirstLayer {
    private static final int MOST_IMAGES = 32;
    private static final int GREY = 127;
    private static final int COLOURS = 3;

    private FirstLayer() {}

    /**
     * The weights into each unit or filter, at most some of them: {@code width}, {@code height}, {@code channels} (1 or
     * 3) and {@code images}, each with numbers from 0 to 254 row by row; 127 is a weight of 0. Null where they are no
     * pictures.
     */
    static @Nullable ObjectNode images(SavedModel model) {
        Shape input = model.network().input();
        int channels = input.rank() == 3 ? input.last() : 0;
        if (channels != 1 && channels != COLOURS || model.network().parameters().isEmpty()) {
            return null;
        }
        ParameterRange weights = model.network().parameters().get(0);
        Shape shape = weights.shape();
        boolean filters = shape.rank() == 4 && shape.dimension(2) == channels && shape.dimension(0) > 1;
        boolean units = shape.rank() == 2 && shape.dimension(0) == input.size();
        if (!filters && !units) {
            return null;
        }
        ObjectNode json = SpecMapper.json().createObjectNode();
        json.put("name", weights.name()).put("channels", channels);
        json.put("height", filters ? shape.dimension(0) : input.dimension(0));
        json.put("width", filters ? shape.dimension(1) : input.dimension(1));
        ArrayNode images = json.putArray("images");
        for (int k = 0; k < Math.min(MOST_IMAGES, shape.last()); k++) {
            images.add(image(model.parameters().theta(), weights, k));
        }
        return json;
    }

    private static ArrayNode image(float[] theta, ParameterRange weights, int column) {
        int columns = weights.shape().last();
        float most = 0;
        for (int i = weights.offset() + column; i < weights.end(); i += columns) {
            most = Math.max(most, Math.abs(theta[i]));
        }
        ArrayNode image = SpecMapper.json().createArrayNode();
        for (int i = weights.offset() + column; i < weights.end(); i += columns) {
            image.add(most == 0 ? GREY : GREY + Math.round(theta[i] / most * GREY));
        }
        return image;
    }
}
