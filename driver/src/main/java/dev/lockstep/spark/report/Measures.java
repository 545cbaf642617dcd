package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.Score;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.train.EvaluationSum;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The quality of a model on some rows.
 *
 * @param data which rows: {@code test} or {@code validation}
 * @param rows how many
 * @param loss mean loss
 * @param score the name of the figure that belongs to the loss
 * @param value the figure
 * @param figures the network's metrics by name
 */
public record Measures(String data, long rows, double loss, String score, double value, Map<String, Object> figures) {

    /** The file beside a model that holds {@link #json}. */
    public static final String NAME = "evaluation.json";

    private static final List<String> PROBABILISTIC =
            List.of("logLikelihood", "brierScore", "expectedCalibrationError", "predictiveEntropy", "crps", "coverage");

    private static final List<String> SCORES =
            Arrays.stream(Score.values()).map(Score::label).toList();

    /** Copies the map, keeping its order. */
    public Measures {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    }

    /** What sums over some rows come to. */
    public static Measures of(String data, EvaluationSum sum, Network network) {
        return of(data, sum.losses(), network, network.metrics().figures(sum.sums()));
    }

    /** The same where no more than the losses were summed. */
    public static Measures of(String data, LossSum losses, Network network) {
        return of(data, losses, network, Map.of());
    }

    private static Measures of(String data, LossSum losses, Network network, Map<String, Object> figures) {
        Score score = network.likelihood().score();
        return new Measures(data, losses.rows(), losses.meanLoss(), score.label(), score.of(losses), figures);
    }

    /** For a person: {@code test rows 10000 loss 0.0701 accuracy 0.9832}. */
    public String line() {
        return String.format(Locale.ROOT, "%s rows %d loss %.4f %s %.4f", data, rows, loss, score, value);
    }

    /** The figures that judge probabilities, and those of heads, for a person; empty where the loss has none. */
    public String probabilistic() {
        Stream<String> ofHeads = figures.keySet().stream().filter(Measures::isShownOfAHead);
        return Stream.concat(PROBABILISTIC.stream().filter(figures::containsKey), ofHeads)
                .map(name -> String.format(Locale.ROOT, "%s %.4f", name, (Double) figures.get(name)))
                .collect(Collectors.joining(" "));
    }

    /** The figures of heads that are shown to a person: those that judge probabilities, and scores. */
    public static Map<String, Double> ofHeads(Map<String, Object> figures) {
        Map<String, Double> shown = new LinkedHashMap<>();
        figures.forEach((name, figure) -> {
            if (isShownOfAHead(name) && figure instanceof Double number) {
                shown.put(name, number);
            }
        });
        return shown;
    }

    /**
     * The same as lines of at most {@value EpochTable#WIDTH} columns, a paragraph a head: {@code kind: accuracy 0.9832,
     * log likelihood -0.0701}.
     */
    List<String> headLines() {
        Map<String, List<String>> heads = new LinkedHashMap<>();
        ofHeads(figures).forEach((name, figure) -> {
            int end = name.lastIndexOf('_');
            heads.computeIfAbsent(name.substring(0, end), head -> new ArrayList<>())
                    .add(String.format(Locale.ROOT, "%s %.4f", RunReport.label(name.substring(end + 1)), figure));
        });
        List<String> lines = new ArrayList<>();
        heads.forEach((head, shown) -> lines.addAll(Wrapped.lines(head + ": " + String.join(", ", shown))));
        return lines;
    }

    private static boolean isShownOfAHead(String name) {
        int end = name.lastIndexOf('_');
        return end > 0 && (PROBABILISTIC.contains(name.substring(end + 1)) || SCORES.contains(name.substring(end + 1)));
    }

    /** For a program, with every digit. The metric by the score's name is the score itself. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("data", data).put("rows", rows).put("loss", loss).put(score, value);
        figures.forEach((name, figure) -> {
            if (!json.has(name)) {
                json.set(name, SpecMapper.tree(figure));
            }
        });
        return JsonNumbers.finite(json);
    }

    /** Leaves them beside a model. */
    public void write(FileDirectory directory) throws IOException {
        byte[] bytes = (json() + "\n").getBytes(StandardCharsets.UTF_8);
        directory.write(NAME, out -> out.write(bytes));
    }
}
