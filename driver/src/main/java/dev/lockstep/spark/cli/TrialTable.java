package dev.lockstep.spark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.report.JsonNumbers;
import dev.lockstep.spark.report.Measures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/** Trials in a table, the best first: those that trained longest, by their validation loss. */
final class TrialTable {
    private TrialTable() {}

    private static List<Trial> sorted(List<Trial> trials) {
        return trials.stream()
                .sorted(Comparator.<Trial>comparingInt(
                                trial -> -trial.last().job().train().epochs())
                        .thenComparingDouble(trial -> trial.last().loss()))
                .toList();
    }

    /** For a person: columns side by side. */
    static List<String> lines(List<Trial> trials) {
        List<List<String>> rows = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("trial", "epochs", "loss", "score"));
        header.addAll(trials.get(0).values().keySet());
        rows.add(header);
        for (Trial trial : sorted(trials)) {
            TrialRun run = trial.last();
            Measures measures = run.measures();
            List<String> row = new ArrayList<>();
            row.add(Integer.toString(trial.number()));
            row.add(Integer.toString(run.job().train().epochs()));
            row.add(measures == null ? "failed" : String.format(Locale.ROOT, "%.4f", measures.loss()));
            row.add(measures == null ? "" : String.format(Locale.ROOT, "%.4f", measures.value()));
            trial.values().values().forEach(value -> row.add(shown(value)));
            rows.add(row);
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream()
                        .mapToInt(each -> each.get(at).length())
                        .max()
                        .orElse(0);
                line.append(row.get(column))
                        .append(" ".repeat(width - row.get(column).length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    static String shown(JsonNode value) {
        return Excerpt.of(value.isTextual() ? value.asText() : value.toString());
    }

    /** The same for a program, with every digit. */
    static JsonNode json(List<Trial> trials) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (Trial trial : sorted(trials)) {
            TrialRun run = trial.last();
            Measures measures = run.measures();
            ObjectNode json = all.addObject();
            json.put("trial", trial.number()).put("epochs", run.job().train().epochs());
            if (measures == null) {
                json.put("failure", run.failure());
            } else {
                json.put("loss", measures.loss()).put(measures.score(), measures.value());
            }
            json.put("model", run.directory());
            json.putObject("settings").setAll(new LinkedHashMap<>(trial.values()));
            JsonNumbers.finite(json);
        }
        return all;
    }
}
