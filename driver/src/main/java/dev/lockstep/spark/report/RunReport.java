package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.LayerSummary;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.spec.SpecMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A finished run as one HTML file that opens without a network: what was trained and how good it became, curves, the
 * network, histograms of its weights, every epoch, and the job. Made from the files in the run's directory alone.
 */
public final class RunReport {
    /** Name of the file in the output directory. */
    public static final String NAME = "report.html";

    /** Name of the file beside it with what the rows hold. */
    public static final String DATA = "data.json";

    /** Name of the file beside it with what the run was trained with and on. */
    public static final String ENVIRONMENT = "environment.json";

    /** Tensors with a histogram; a network may have very many. */
    private static final int MOST_TENSORS = 60;

    private RunReport() {}

    /**
     * Writes the report of a run beside its other files.
     *
     * @param run the output directory of a run that has ended
     * @throws ModelException if there is no model, or a file cannot be read or written
     */
    public static void write(FileDirectory run) {
        byte[] html = html(run).getBytes(StandardCharsets.UTF_8);
        try {
            run.write(NAME, out -> out.write(html));
        } catch (IOException e) {
            throw new ModelException(run.location(NAME), "cannot be written: " + FileReason.of(e), e);
        }
    }

    /** The report's text. */
    static String html(FileDirectory run) {
        return PageParts.page("report", data(new RunFiles(run), ModelFiles.load(run)));
    }

    private static ObjectNode data(RunFiles run, SavedModel model) {
        List<JsonNode> epochs = run.epochs();
        ModelDescription description = model.description();
        Network network = model.network();
        JsonNode best = RunFiles.best(epochs);
        ObjectNode data = SpecMapper.json().createObjectNode();
        data.put("title", run.run().location());
        data.put("lockstepVersion", description.lockstepVersion());
        JsonNode rows = run.data();
        JsonNode environment = run.environment();
        data.put("headline", Headline.of(model, epochs, rows, run.evaluation(), environment));
        data.put("input", network.input().toString());
        data.set("facts", facts(model, epochs, best));
        data.set("epochs", LayerCurves.shown(epochs));
        if (best != null) {
            data.put("bestEpoch", best.path("epoch").asInt());
        }
        ArrayNode scores = data.putArray("scores");
        for (String score : scores(epochs)) {
            scores.addObject().put("training", score).put("validation", EpochReport.validationName(score));
        }
        data.set("layers", layers(network));
        data.set("tensors", tensors(model));
        JsonNode evaluation = run.evaluation();
        if (evaluation != null) {
            data.set("evaluation", evaluation);
            data.set("classes", SpecMapper.json().valueToTree(description.classes()));
        }
        JsonNode time = run.time();
        if (time != null) {
            data.set("time", time);
        }
        JsonNode examples = run.examples();
        if (examples != null) {
            data.set("examples", examples);
        }
        JsonNode importance = run.importance(description.sha256());
        if (importance != null) {
            data.set("importance", importance);
        }
        ObjectNode filters = FirstLayer.images(model);
        if (filters != null) {
            data.set("filters", filters);
        }
        if (rows != null) {
            data.set("data", rows);
        }
        if (environment != null) {
            data.set("environment", environment);
        }
        data.put("job", run.text(RunFiles.JOB));
        return data;
    }

    /**
     * What is measured beside the loss on training rows and, under another name, on validation rows; figures of heads
     * on the latter alone.
     */
    static List<String> scores(List<JsonNode> epochs) {
        TreeSet<String> names = new TreeSet<>();
        // In the order of the lines: head by head.
        Set<String> ofHeads = new LinkedHashSet<>();
        for (JsonNode epoch : epochs) {
            for (Iterator<String> keys = epoch.fieldNames(); keys.hasNext(); ) {
                String key = keys.next();
                if (key.equals("accuracy") || key.equals("rmse") || epoch.has(EpochReport.validationName(key))) {
                    names.add(key);
                } else if (EpochReport.isOfHead(key)) {
                    ofHeads.add(EpochReport.metric(key));
                }
            }
        }
        names.remove("loss");
        List<String> scores = new ArrayList<>(names);
        scores.addAll(ofHeads);
        return List.copyOf(scores);
    }

    private static ArrayNode facts(SavedModel model, List<JsonNode> epochs, @Nullable JsonNode best) {
        ArrayNode facts = SpecMapper.json().createArrayNode();
        if (best != null) {
            for (String key : List.of("validationLoss", "loss")) {
                if (best.has(key)) {
                    facts.addObject().put("name", label(key) + ", best epoch").set("value", best.get(key));
                }
            }
            for (String score : scores(epochs)) {
                String key = EpochReport.validationName(score);
                String shown = best.has(key) ? key : score;
                facts.addObject().put("name", label(shown) + ", best epoch").set("value", best.get(shown));
            }
            double seconds = epochs.stream()
                    .mapToDouble(epoch -> epoch.path("seconds").asDouble())
                    .sum();
            facts.addObject()
                    .put("name", "epochs, the best is " + best.path("epoch"))
                    .put("value", epochs.size());
            facts.addObject().put("name", "seconds of training").put("value", Math.round(seconds * 10) / 10.0);
        }
        facts.addObject().put("name", "parameters").put("value", model.network().parameterCount());
        facts.addObject().put("name", "seed").put("value", model.description().seed());
        List<String> classes = model.description().classes();
        if (classes != null) {
            facts.addObject().put("name", "classes").put("value", classes.size());
        }
        facts.addObject()
                .put("name", "SHA-256")
                .put("value", model.description().sha256());
        return facts;
    }

    /** {@code validationLoss} in words; of {@code validationKind_accuracy}, a figure of a head, with a colon. */
    static String label(String key) {
        int head = key.lastIndexOf('_');
        return (head < 0 ? key : key.substring(0, head) + ": " + key.substring(head + 1))
                .codePoints()
                .mapToObj(c -> Character.isUpperCase(c)
                        ? " " + Character.toString(Character.toLowerCase(c))
                        : Character.toString(c))
                .collect(Collectors.joining());
    }

    private static ArrayNode layers(Network network) {
        ArrayNode layers = SpecMapper.json().createArrayNode();
        for (LayerSummary layer : LayerSummary.of(network)) {
            layers.addObject()
                    .put("name", layer.name())
                    .put("output", layer.output())
                    .put("tensors", layer.tensors())
                    .put("count", layer.parameters());
        }
        return layers;
    }

    private static ArrayNode tensors(SavedModel model) {
        ArrayNode tensors = SpecMapper.json().createArrayNode();
        model.network().parameters().stream()
                .limit(MOST_TENSORS)
                .forEach(
                        range -> tensors.add(histogram(range, model.parameters().theta())));
        return tensors;
    }

    private static ObjectNode histogram(ParameterRange range, float[] theta) {
        WeightHistogram histogram = WeightHistogram.of(range, theta);
        ObjectNode tensor = SpecMapper.json().createObjectNode();
        tensor.put("name", range.name() + " " + range.shape());
        tensor.put("mean", histogram.mean());
        tensor.put("deviation", histogram.deviation());
        tensor.put("from", histogram.from());
        tensor.put("to", histogram.to());
        ArrayNode counts = tensor.putArray("bins");
        for (int bin : histogram.bins()) {
            counts.add(bin);
        }
        return tensor;
    }
}
