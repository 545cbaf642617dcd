package dev.lockstep.spark.ml;

import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.StatisticsRange;
import dev.lockstep.nn.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.ml.linalg.DenseMatrix;
import org.apache.spark.ml.linalg.Matrix;

/** The numbers of a model as matrices of spark.ml. */
final class Weights {
    private Weights() {}

    /**
     * The tensors of a model by their names, as {@code weights.safetensors} has them: {@code dense_1.weight}. One of
     * more than two dimensions has the last one as its columns; one of a single dimension is a column.
     */
    static Map<String, Matrix> of(SavedModel model) {
        Map<String, Matrix> weights = new LinkedHashMap<>();
        for (ParameterRange range : model.network().parameters()) {
            weights.put(range.name(), matrix(range.shape(), model.parameters().theta(), range.offset()));
        }
        for (StatisticsRange range : model.network().buffers()) {
            weights.put(range.name(), matrix(range.shape(), model.parameters().buffers(), range.offset()));
        }
        return weights;
    }

    private static Matrix matrix(Shape shape, float[] values, int offset) {
        double[] copy = new double[shape.size()];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = values[offset + i];
        }
        int columns = shape.rank() == 1 ? 1 : shape.last();
        return new DenseMatrix(copy.length / columns, columns, copy, true);
    }
}
