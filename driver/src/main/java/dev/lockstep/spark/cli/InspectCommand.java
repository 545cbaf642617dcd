package dev.lockstep.spark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.model.LayerSummary;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.spec.SpecMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lockstep inspect}: what a saved model is. Does not start Spark. */
@Command(name = "inspect", mixinStandardHelpOptions = true, description = "Show what a saved model is.")
final class InspectCommand extends SparkCommand {
    private static final int SHOWN = 20;

    @Parameters(paramLabel = "MODEL", description = "Directory of the model.")
    private String directory;

    InspectCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        SavedModel model = model(directory);
        print(json(model), lines(model));
        return 0;
    }

    private List<String> lines(SavedModel model) {
        ModelDescription description = model.description();
        Network network = model.network();
        List<String> lines = new ArrayList<>();
        lines.add(String.format("model      %s, written by Lockstep %s", directory, description.lockstepVersion()));
        lines.add("input      " + network.input() + columns(description.features()));
        lines.add("scaling    " + scaling(description.scaling()));
        lines.addAll(table(network));
        lines.add("loss       " + described(SpecMapper.tree(network.loss())));
        lines.add("output     " + network.output() + columns(description.targets()));
        if (description.classes() != null) {
            lines.add("classes    " + description.classes().size() + ": " + list(description.classes()));
        }
        lines.add(String.format(Locale.ROOT, "parameters %,d", network.parameterCount()));
        if (network.bufferCount() > 0) {
            lines.add(String.format(Locale.ROOT, "buffers    %,d", network.bufferCount()));
        }
        Decision decision = description.decision();
        if (decision != null) {
            lines.add("decision   temperature " + decision.temperature() + ", threshold " + decision.threshold());
        }
        lines.add("seed       " + description.seed());
        lines.add("sha256     " + ModelFiles.sha256(model.parameters()));
        return lines;
    }

    private ObjectNode json(SavedModel model) {
        ModelDescription description = model.description();
        Network network = model.network();
        ObjectNode json = object();
        json.put("model", directory).put("lockstepVersion", description.lockstepVersion());
        json.set("input", SpecMapper.tree(network.input()));
        json.set("output", SpecMapper.tree(network.output()));
        put(json, "features", description.features());
        put(json, "targets", description.targets());
        put(json, "classes", description.classes());
        ArrayNode layers = json.putArray("layers");
        for (LayerSummary layer : LayerSummary.of(network)) {
            layers.addObject()
                    .put("name", layer.name())
                    .put("output", layer.output())
                    .put("parameters", layer.parameters());
        }
        json.set("loss", SpecMapper.tree(network.loss()));
        json.put("parameters", network.parameterCount()).put("buffers", network.bufferCount());
        json.put("seed", description.seed()).put("sha256", ModelFiles.sha256(model.parameters()));
        return json;
    }

    private static void put(ObjectNode json, String key, @Nullable List<String> names) {
        if (names != null) {
            json.set(key, SpecMapper.tree(names));
        }
    }

    /** As text: a bare name, or a name with its settings behind it. */
    private static String described(JsonNode named) {
        if (named.isTextual()) {
            return named.asText();
        }
        String name = named.fieldNames().next();
        String settings = named.get(name).toString();
        return name + " " + settings.replace("\"", "").replace(":", ": ").replace(",", ", ");
    }

    private static String columns(@Nullable List<String> names) {
        return names == null || names.isEmpty() ? "" : ", columns " + list(names);
    }

    private static String list(List<String> names) {
        String shown = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
        return names.size() <= SHOWN ? shown : shown + ", ... " + names.get(names.size() - 1);
    }

    private static String scaling(Scaling scaling) {
        return switch (scaling.mean().length) {
            case 0 -> "none";
            case 1 -> "(x - " + scaling.mean()[0] + ") / " + scaling.std()[0];
            default -> "(x - mean) / std, " + scaling.mean().length + " of each";
        };
    }

    /** One row a layer: name, output, parameter tensors, how many numbers they hold. */
    private static List<String> table(Network network) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"layer", "output", "parameters", "count"});
        for (LayerSummary layer : LayerSummary.of(network)) {
            String count = String.format(Locale.ROOT, "%,d", layer.parameters());
            rows.add(new String[] {layer.name(), layer.output(), layer.tensors(), count});
        }
        int[] widths = new int[4];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        });
        String format = "  %-" + widths[0] + "s  %-" + widths[1] + "s  %-" + widths[2] + "s  %" + widths[3] + "s";
        return rows.stream()
                .map(row -> String.format(Locale.ROOT, format, (Object[]) row))
                .toList();
    }
}
