package dev.lockstep.spark.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.spark.report.JsonNumbers;
import dev.lockstep.spark.report.Measures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What the folds of a cross-validation come to: each one's figures, their means and standard deviations. */
final class FoldFigures {
    private final List<Measures> folds = new ArrayList<>();
    private final ArrayNode each = JsonNodeFactory.instance.arrayNode();

    /** Adds the figures of the next fold. */
    void add(Measures measures, String model, String sha256) {
        ObjectNode fold = JsonNodeFactory.instance.objectNode();
        fold.put("fold", folds.size()).put("model", model).put("sha256", sha256);
        fold.put("rows", measures.rows()).put("loss", measures.loss()).put(measures.score(), measures.value());
        each.add(fold);
        folds.add(measures);
    }

    /** The lines for a person: one a fold, and the means with the standard deviations among the folds. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < folds.size(); i++) {
            lines.add("fold " + i + " " + folds.get(i).line());
        }
        lines.add(String.format(
                Locale.ROOT,
                "folds %d loss %.4f +- %.4f %s %.4f +- %.4f",
                folds.size(),
                mean(Measures::loss),
                deviation(Measures::loss),
                folds.get(0).score(),
                mean(Measures::value),
                deviation(Measures::value)));
        return lines;
    }

    /** The same for a program, with every digit. */
    ObjectNode json() {
        String score = folds.get(0).score();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("folds", each);
        json.putObject("mean").put("loss", mean(Measures::loss)).put(score, mean(Measures::value));
        json.putObject("deviation").put("loss", deviation(Measures::loss)).put(score, deviation(Measures::value));
        return JsonNumbers.finite(json);
    }

    private double mean(ToDoubleFunction<Measures> figure) {
        return folds.stream().mapToDouble(figure).sum() / folds.size();
    }

    /** Of a sample: divided by one less than there are folds. */
    private double deviation(ToDoubleFunction<Measures> figure) {
        double mean = mean(figure);
        double squares = folds.stream()
                .mapToDouble(fold -> (figure.applyAsDouble(fold) - mean) * (figure.applyAsDouble(fold) - mean))
                .sum();
        return Math.sqrt(squares / (folds.size() - 1));
    }
}
