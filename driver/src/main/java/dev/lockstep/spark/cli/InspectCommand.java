package dev.lockstep.spark.cli;

import com.fasterxml.jackson.databind.JsonNode;
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
        ModelDescription description = model.description();
        Network network = model.network();
        line("model      %s, written by Lockstep %s", directory, description.lockstepVersion());
        line("input      %s%s", network.input(), columns(description.features()));
        line("scaling    %s", scaling(description.scaling()));
        table(network).forEach(row -> line("%s", row));
        line("loss       %s", described(SpecMapper.tree(network.loss())));
        line("output     %s%s", network.output(), columns(description.targets()));
        if (description.classes() != null) {
            line("classes    %d: %s", description.classes().size(), list(description.classes()));
        }
        line("parameters %,d", network.parameterCount());
        if (network.bufferCount() > 0) {
            line("buffers    %,d", network.bufferCount());
        }
        Decision decision = description.decision();
        if (decision != null) {
            line("decision   temperature %s, threshold %s", decision.temperature(), decision.threshold());
        }
        line("seed       %d", description.seed());
        line("sha256     %s", ModelFiles.sha256(model.parameters()));
        return 0;
    }

    private void line(String format, Object... values) {
        streams().out().println(String.format(Locale.ROOT, format, values));
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
