package dev.lockstep.nn.model;

import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Features without columns of their own (images, vectors, tokens): one cell holds them all in the order of the training
 * rows', a list of numbers or an array of floats or doubles, and another the number of valid steps where those had one.
 */
final class FeatureCells implements RowCells {
    private final Shape shape;
    private final boolean lengths;

    FeatureCells(Shape shape, boolean lengths) {
        this.shape = shape;
        this.lengths = lengths;
    }

    @Override
    public List<String> names() {
        return lengths ? List.of(CellPredictor.FEATURES, CellPredictor.LENGTH) : List.of(CellPredictor.FEATURES);
    }

    @Override
    public float[] features(int row, Map<String, ? extends @Nullable Object> cells) {
        int size = shape.size();
        float[] values = new float[lengths ? size + 1 : size];
        copy(row, cells.get(CellPredictor.FEATURES), values);
        if (lengths) {
            int steps = shape.dimension(0);
            Object length = cells.get(CellPredictor.LENGTH);
            if (!(length instanceof Number number)
                    || number.doubleValue() != number.intValue()
                    || number.intValue() < 0
                    || number.intValue() > steps) {
                throw new InvalidRowException(
                        row,
                        CellPredictor.LENGTH,
                        "expected a whole number of steps from 0 to " + steps + ", got " + shown(length));
            }
            values[size] = number.intValue();
        }
        return values;
    }

    private void copy(int row, @Nullable Object features, float[] values) {
        List<?> numbers = numbers(features);
        if (numbers.size() != shape.size()) {
            throw new InvalidRowException(
                    row,
                    CellPredictor.FEATURES,
                    "expected a list of " + shape.size() + " numbers"
                            + (shape.rank() > 1 ? ", those of " + shape : "") + ", got "
                            + (numbers.isEmpty() ? shown(features) : numbers.size() + " of them"));
        }
        for (int i = 0; i < numbers.size(); i++) {
            Object feature = numbers.get(i);
            float value = feature instanceof Number number ? number.floatValue() + 0f : Float.NaN;
            if (!Float.isFinite(value)) {
                throw new InvalidRowException(
                        row,
                        CellPredictor.FEATURES,
                        "number " + i + ": expected a finite number, got " + shown(feature));
            }
            values[i] = value;
        }
    }

    /** The numbers in a cell; none if it holds something else. */
    private static List<?> numbers(@Nullable Object features) {
        if (features instanceof List<?> list) {
            return list;
        }
        if (features instanceof float[] floats) {
            List<Float> boxed = new ArrayList<>(floats.length);
            for (float number : floats) {
                boxed.add(number);
            }
            return boxed;
        }
        return features instanceof double[] doubles
                ? Arrays.stream(doubles).boxed().toList()
                : List.of();
    }

    private static String shown(@Nullable Object cell) {
        if (cell == null) {
            return "nothing";
        }
        return cell instanceof Number number
                ? Expect.show(number.doubleValue())
                : cell instanceof String text ? Excerpt.quoted(text) : Excerpt.of(cell.toString());
    }
}
