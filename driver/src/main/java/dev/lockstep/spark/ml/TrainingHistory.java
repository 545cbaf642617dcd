package dev.lockstep.spark.ml;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.report.EpochReport;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Figures epoch by epoch, by the names that {@code metrics.jsonl} has for them. */
final class TrainingHistory implements Serializable {
    private static final long serialVersionUID = 1L;

    private final LinkedHashMap<String, double[]> figures;
    /** The lines of a metrics file. */
    private final String[] lines;

    private TrainingHistory(LinkedHashMap<String, double[]> figures, String[] lines) {
        this.figures = figures;
        this.lines = lines;
    }

    /** The numbers in the lines of a metrics file; NaN for one that a line does not have. */
    static TrainingHistory of(List<? extends JsonNode> lines) {
        LinkedHashMap<String, double[]> figures = new LinkedHashMap<>();
        for (int epoch = 0; epoch < lines.size(); epoch++) {
            for (Map.Entry<String, Double> figure :
                    EpochReport.numbers(lines.get(epoch)).entrySet()) {
                figures.computeIfAbsent(figure.getKey(), name -> missing(lines.size()))[epoch] = figure.getValue();
            }
        }
        return new TrainingHistory(
                figures, lines.stream().map(JsonNode::toString).toArray(String[]::new));
    }

    private static double[] missing(int epochs) {
        double[] values = new double[epochs];
        Arrays.fill(values, Double.NaN);
        return values;
    }

    /**
     * What {@link #text} wrote.
     *
     * @throws IOException if it is not JSON
     */
    static TrainingHistory parse(String text) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : text.lines().toList()) {
            lines.add(SpecMapper.json().readTree(line));
        }
        return of(lines);
    }

    /** The content of a metrics file. */
    String text() {
        return Arrays.stream(lines).map(line -> line + "\n").collect(Collectors.joining());
    }

    int epochs() {
        return lines.length;
    }

    /** Names of the figures. */
    List<String> names() {
        return new ArrayList<>(figures.keySet());
    }

    /**
     * A figure of each epoch.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    double[] figure(String name) {
        double[] values = figures.get(name);
        if (values == null) {
            throw new IllegalArgumentException("no figure \"" + name + "\" was measured; expected one of " + names());
        }
        return values.clone();
    }
}
