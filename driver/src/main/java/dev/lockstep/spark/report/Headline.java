package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.Network;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a report says first: what was trained, how good it is, how sure that is, and what it cost. */
final class Headline {
    /** Of the normal distribution, 95 % lie within so many standard deviations. */
    private static final double DEVIATIONS = 1.959964;

    private static final int MOST_TARGETS = 3;

    private Headline() {}

    /**
     * The sentences.
     *
     * @param data what the rows hold; null: not known
     * @param evaluation figures of rows that were not trained on; null: there are none
     * @param environment where it was trained; null: not known
     */
    static String of(
            SavedModel model,
            List<JsonNode> epochs,
            @Nullable JsonNode data,
            @Nullable JsonNode evaluation,
            @Nullable JsonNode environment) {
        StringBuilder text = new StringBuilder(trained(model));
        if (data != null) {
            text.append(String.format(
                    Locale.ROOT,
                    ", trained on %,d rows",
                    data.path("rows").path("training").asLong()));
        }
        text.append(". ");
        if (evaluation != null) {
            text.append(quality(evaluation)).append(' ');
        }
        if (!epochs.isEmpty()) {
            text.append(cost(epochs, environment));
        }
        return text.toString().strip();
    }

    private static String trained(SavedModel model) {
        Network network = model.network();
        ModelDescription description = model.description();
        String what = String.format(
                Locale.ROOT, "A network of %,d parameters from %s ", network.parameterCount(), network.input());
        List<String> classes = description.classes();
        if (classes != null) {
            return what + "to the probabilities of " + classes.size() + " classes";
        }
        List<String> targets = description.targets();
        return targets == null || targets.isEmpty() || targets.size() > MOST_TARGETS
                ? what + "to " + network.output()
                : what + "to " + String.join(", ", targets);
    }

    private static String quality(JsonNode evaluation) {
        long rows = evaluation.path("rows").asLong();
        String where = String.format(
                Locale.ROOT, "On %,d %s rows ", rows, evaluation.path("data").asText());
        if (evaluation.path("accuracy").isNumber()) {
            double accuracy = evaluation.path("accuracy").asDouble();
            double[] interval = interval(accuracy, rows);
            return String.format(
                    Locale.ROOT,
                    "%s%.2f %% are right; with 95 %% confidence between %.2f %% and %.2f %% of such rows.",
                    where,
                    100 * accuracy,
                    100 * interval[0],
                    100 * interval[1]);
        }
        if (evaluation.path("rmse").isNumber()) {
            String error = String.format(
                    Locale.ROOT,
                    "%sthe root mean squared error is %.5g",
                    where,
                    evaluation.path("rmse").asDouble());
            String explained = evaluation.path("r2").isNumber()
                    ? String.format(
                            Locale.ROOT,
                            "; %.1f %% of the variance is explained",
                            100 * evaluation.path("r2").asDouble())
                    : "";
            return error + explained + ".";
        }
        return String.format(
                Locale.ROOT,
                "%sthe mean loss is %.5g.",
                where,
                evaluation.path("loss").asDouble());
    }

    /**
     * Wilson's interval: where the true share lies with 95 % confidence.
     *
     * @param share that was found
     * @param rows among so many
     */
    static double[] interval(double share, long rows) {
        double z2 = DEVIATIONS * DEVIATIONS;
        double middle = (share + z2 / (2 * rows)) / (1 + z2 / rows);
        double half = DEVIATIONS / (1 + z2 / rows) * Math.sqrt(share * (1 - share) / rows + z2 / (4.0 * rows * rows));
        return new double[] {Math.max(0, middle - half), Math.min(1, middle + half)};
    }

    private static String cost(List<JsonNode> epochs, @Nullable JsonNode environment) {
        double seconds = epochs.stream()
                .mapToDouble(epoch -> epoch.path("seconds").asDouble())
                .sum();
        String time =
                "It took " + (epochs.size() == 1 ? "an epoch, " : epochs.size() + " epochs, ") + Durations.of(seconds);
        if (environment == null) {
            return time + ".";
        }
        int ranks = environment.path("ranks").asInt();
        return time + ", on " + (ranks == 1 ? "one rank" : ranks + " ranks") + " of "
                + environment.path("master").asText() + ".";
    }
}
