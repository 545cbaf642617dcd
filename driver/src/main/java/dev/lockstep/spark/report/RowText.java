package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.metric.WorstRows;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a person reads of a row: its cells or its text, its target, and what was predicted. */
final class RowText {
    /** Cells of a row that are shown, and numbers of a target. */
    private static final int MOST_CELLS = 30;

    private final ModelDescription description;
    private final Shape output;
    private final boolean classes;
    private final @Nullable RowEncoding cells;
    private final boolean characters;

    RowText(SavedModel model) {
        description = model.description();
        output = model.network().output();
        classes = description.targetNames(model.network()).classes();
        cells = description.cells();
        List<String> names = description.classes();
        characters = classes
                && output.rank() == 2
                && model.network().takesTokens()
                && names != null
                && names.stream().allMatch(name -> name.codePointCount(0, name.length()) == 1);
    }

    /** Adds the names of the columns, where cells have names. */
    void describe(ObjectNode json) {
        if (cells != null && !characters) {
            ArrayNode columns = json.putArray("columns");
            cells.names().stream().limit(MOST_CELLS).forEach(columns::add);
            json.put("moreColumns", Math.max(0, cells.names().size() - MOST_CELLS));
        }
    }

    /** Adds {@code text}, or {@code cells} in the order of the columns, or {@code features} that are not 0. */
    void putFeatures(WorstRows.Row row, ObjectNode json) {
        float[] features = unscaled(row.features());
        if (characters) {
            json.put("text", sequence(row.steps(), step -> (int) features[step]));
        } else if (cells != null) {
            ArrayNode texts = json.putArray("cells");
            cells.texts(features).stream().limit(MOST_CELLS).forEach(texts::add);
        } else {
            json.put(
                    "features",
                    IntStream.range(0, features.length)
                            .filter(i -> features[i] != 0)
                            .limit(MOST_CELLS)
                            .mapToObj(i -> i + ": " + features[i])
                            .collect(Collectors.joining(", ")));
        }
    }

    private float[] unscaled(float[] features) {
        Scaling scaling = description.scaling();
        float[] mean = scaling.mean();
        float[] unscaled = features.clone();
        for (int i = 0; mean.length > 0 && i < unscaled.length; i++) {
            unscaled[i] = unscaled[i] * scaling.std()[i % mean.length] + mean[i % mean.length];
        }
        return unscaled;
    }

    /** Adds {@code target} and {@code prediction}, and of a class its {@code probability}. */
    void putPrediction(WorstRows.Row row, ObjectNode json) {
        if (!classes) {
            json.put("target", numbers(row.target())).put("prediction", numbers(row.prediction()));
        } else if (output.rank() == 2) {
            int width = output.last();
            json.put("target", sequence(row.steps(), step -> (int) row.target()[step]));
            json.put("prediction", sequence(row.steps(), step -> decided(row.prediction(), step * width, width)));
        } else {
            int decided = decided(row.prediction(), 0, row.prediction().length);
            float[] probabilities = row.prediction();
            float probability = probabilities.length > 1
                    ? probabilities[decided]
                    : decided == 1 ? probabilities[0] : 1 - probabilities[0];
            json.put("target", name((int) row.target()[0])).put("prediction", name(decided));
            json.put("probability", probability);
        }
    }

    private static String numbers(float[] values) {
        String shown = IntStream.range(0, Math.min(MOST_CELLS, values.length))
                .mapToObj(i -> Float.toString(values[i]))
                .collect(Collectors.joining(", "));
        return values.length > MOST_CELLS ? shown + ", ..." : shown;
    }

    private String sequence(int steps, IntUnaryOperator index) {
        return IntStream.range(0, steps)
                .map(index)
                .mapToObj(this::name)
                .collect(Collectors.joining(characters ? "" : " "));
    }

    /** The first of the most probable classes, or what the threshold decides. */
    private int decided(float[] probabilities, int from, int width) {
        if (width <= 2) {
            return probabilities[from + width - 1] >= description.decided().threshold() ? 1 : 0;
        }
        int most = 0;
        for (int i = 1; i < width; i++) {
            most = probabilities[from + i] > probabilities[from + most] ? i : most;
        }
        return most;
    }

    private String name(int index) {
        List<String> names = description.classes();
        return names == null || index >= names.size() ? Integer.toString(index) : names.get(index);
    }
}
