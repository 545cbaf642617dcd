package dev.lockstep.nn.model;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.column.FeatureColumns;
import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.loss.PredictionColumn;
import dev.lockstep.nn.loss.PredictionColumn.Content;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The meaning of the parts that an {@link Attributor} returns: the outputs, one for each class or number that is
 * predicted, and within each the columns.
 *
 * @param outputs what each output is about, the name of a class or of a number; empty where there is only one number
 * @param columns the columns
 */
public record AttributionReadout(List<String> outputs, FeatureColumns columns) implements Serializable {
    private static final String LABEL = "attribution";
    private static final Set<Content> ABOUT_OUTPUTS =
            EnumSet.of(Content.PREDICTION, Content.PROBABILITY, Content.MARGIN);

    /** Copies. */
    public AttributionReadout {
        outputs = List.copyOf(outputs);
    }

    /** Of the columns that a model's predictions come as. */
    public static AttributionReadout of(PredictionReadout predictions, FeatureColumns columns) {
        List<String> names = new ArrayList<>();
        for (PredictionColumn column : explained(predictions)) {
            int about = column.name().indexOf('_');
            names.add(about < 0 ? "" : column.name().substring(about + 1));
        }
        return new AttributionReadout(names, columns);
    }

    private static List<PredictionColumn> explained(PredictionReadout predictions) {
        return predictions.columns().stream()
                .filter(column -> ABOUT_OUTPUTS.contains(column.content()))
                .toList();
    }

    /** Which of the network's outputs these are, and what brings each into its own units. */
    public static Attributor.Outputs outputs(PredictionReadout predictions, Scaling scaling, Decision decision) {
        List<PredictionColumn> explained = explained(predictions);
        int[] indexes = new int[explained.size()];
        double[] factors = new double[indexes.length];
        for (int i = 0; i < indexes.length; i++) {
            indexes[i] = explained.get(i).index();
            float[] std = scaling.targets() == null
                    ? new float[] {1}
                    : scaling.targets().std();
            factors[i] = std[indexes[i] % std.length] / decision.temperature();
        }
        return new Attributor.Outputs(indexes, factors);
    }

    /**
     * The names of all parts, output after output: {@code attribution_COLUMN} of a single number, otherwise
     * {@code attribution_CLASS_COLUMN}.
     */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        for (String output : outputs) {
            for (String column : columns.names()) {
                names.add(LABEL + (output.isEmpty() ? "" : "_" + output) + "_" + column);
            }
        }
        return names;
    }
}
