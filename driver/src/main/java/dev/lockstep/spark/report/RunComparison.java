package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.spec.SpecMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Several runs side by side: the settings in which they differ, their figures, their curves over each other. */
public final class RunComparison {
    private static final String DIRECTORY = "output.dir";
    private static final int LONGEST_CELL = 28;

    /**
     * A run.
     *
     * @param name what tells it from the others
     * @param epochs lines of its metrics file
     * @param settings its job, each value by its key
     * @param figures how good it became, by name
     */
    private record Run(String name, List<JsonNode> epochs, Map<String, String> settings, Map<String, String> figures) {}

    private final List<Run> runs;

    private RunComparison(List<Run> runs) {
        this.runs = runs;
    }

    /**
     * Compares runs.
     *
     * @throws ModelException if one of them has no figures, or a file cannot be read
     */
    public static RunComparison of(List<FileDirectory> directories) {
        List<Run> runs = new ArrayList<>();
        for (FileDirectory directory : directories) {
            RunFiles files = new RunFiles(directory);
            List<JsonNode> epochs = files.epochs();
            if (epochs.isEmpty()) {
                throw new ModelException(directory.location(MetricsFile.NAME), "it has no epochs to compare");
            }
            JsonNode job = files.job();
            Map<String, String> settings = job == null ? new LinkedHashMap<>() : JobSettings.of(job);
            settings.remove(DIRECTORY);
            runs.add(new Run(directory.location(), epochs, settings, figures(files, epochs)));
        }
        return new RunComparison(runs);
    }

    private static Map<String, String> figures(RunFiles files, List<JsonNode> epochs) {
        Map<String, String> figures = new LinkedHashMap<>();
        figures.put("epochs", String.valueOf(epochs.size()));
        JsonNode best = RunFiles.best(epochs);
        if (best != null) {
            figures.put("best epoch", best.path("epoch").asText());
            for (String key : List.of("loss", "validationLoss", "validationAccuracy", "validationRmse")) {
                put(figures, "best epoch's " + RunReport.label(key), best.path(key));
            }
        }
        JsonNode evaluation = files.evaluation();
        if (evaluation != null) {
            String data = evaluation.path("data").asText();
            for (String key : List.of("loss", "accuracy", "rmse", "rocAuc", "macroF1", "expectedCalibrationError")) {
                put(figures, data + " " + RunReport.label(key), evaluation.path(key));
            }
        }
        double seconds = epochs.stream()
                .mapToDouble(epoch -> epoch.path("seconds").asDouble())
                .sum();
        figures.put("time", Durations.of(seconds));
        return figures;
    }

    private static void put(Map<String, String> figures, String name, JsonNode value) {
        if (value.isNumber()) {
            figures.put(name, String.format(Locale.ROOT, "%.4f", value.asDouble()));
        }
    }

    /** The settings whose values are not the same in all runs. */
    private List<String> differing() {
        Set<String> keys = new LinkedHashSet<>();
        runs.forEach(run -> keys.addAll(run.settings().keySet()));
        return keys.stream()
                .filter(key -> runs.stream()
                                .map(run -> run.settings().getOrDefault(key, ""))
                                .distinct()
                                .count()
                        > 1)
                .toList();
    }

    private List<String> measured() {
        Set<String> names = new LinkedHashSet<>();
        runs.forEach(run -> names.addAll(run.figures().keySet()));
        return List.copyOf(names);
    }

    /** A table for a terminal: a line a setting that differs and a figure, a column a run. */
    public List<String> text() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("", run -> run.name()));
        differing().forEach(key -> rows.add(row(key, run -> run.settings().getOrDefault(key, "-"))));
        measured().forEach(name -> rows.add(row(name, run -> run.figures().getOrDefault(name, "-"))));
        int[] widths = new int[runs.size() + 1];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private List<String> row(String name, Function<Run, String> cell) {
        List<String> row = new ArrayList<>(List.of(name));
        runs.forEach(run -> row.add(shortened(cell.apply(run))));
        return row;
    }

    /** The end of a path tells more than its beginning. */
    private static String shortened(String text) {
        return text.length() <= LONGEST_CELL ? text : "…" + text.substring(text.length() - LONGEST_CELL + 1);
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String pad = " ".repeat(widths[i] - row.get(i).length());
            line.append(i == 0 ? row.get(i) + pad : "  " + pad + row.get(i));
        }
        return line.toString().stripTrailing();
    }

    /** All of it for a program, and for the page. */
    public ObjectNode json() {
        ObjectNode json = SpecMapper.json().createObjectNode();
        json.set("settings", SpecMapper.tree(differing()));
        json.set("figures", SpecMapper.tree(measured()));
        ArrayNode all = json.putArray("runs");
        for (Run run : runs) {
            ObjectNode each = all.addObject();
            each.put("name", run.name());
            each.set("settings", SpecMapper.tree(run.settings()));
            each.set("figures", SpecMapper.tree(run.figures()));
            each.set("epochs", LayerCurves.shown(run.epochs()));
        }
        return json;
    }

    /** A page that opens without a network. */
    public String html() {
        return PageParts.page("compare", json());
    }
}
