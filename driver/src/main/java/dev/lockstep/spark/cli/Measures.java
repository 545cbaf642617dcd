package dev.lockstep.spark.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.Score;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.report.JsonNumbers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How good a model is on some rows.
 *
 * @param rows how many rows
 * @param loss mean loss
 * @param score the name of the figure that goes with the loss
 * @param value the figure
 */
record Measures(long rows, double loss, String score, double value) {

    private static final List<String> PROBABILISTIC =
            List.of("logLikelihood", "brierScore", "expectedCalibrationError", "predictiveEntropy", "crps", "coverage");

    static Measures of(LossSum sum, Score score) {
        return new Measures(sum.rows(), sum.meanLoss(), score.label(), score.of(sum));
    }

    /** For a person: {@code rows 10000 loss 0.0701 accuracy 0.9832}. */
    String line() {
        return String.format(Locale.ROOT, "rows %d loss %.4f %s %.4f", rows, loss, score, value);
    }

    /** The figures that judge probabilities, for a person; empty where the loss has none. */
    static String probabilistic(Map<String, Object> figures) {
        return PROBABILISTIC.stream()
                .filter(figures::containsKey)
                .map(name -> String.format(Locale.ROOT, "%s %.4f", name, (Double) figures.get(name)))
                .collect(Collectors.joining(" "));
    }

    /**
     * For a program, with every digit.
     *
     * @param data which rows these are
     * @param figures the network's metrics; that by the score's name is the score itself
     */
    ObjectNode json(String data, Map<String, Object> figures) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("data", data).put("rows", rows).put("loss", loss).put(score, value);
        figures.forEach((name, figure) -> {
            if (!json.has(name)) {
                json.set(name, SpecMapper.tree(figure));
            }
        });
        return JsonNumbers.finite(json);
    }
}
