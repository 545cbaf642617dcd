package dev.lockstep.spark.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Regularization;
import dev.lockstep.nn.optim.Horizon;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.TrainSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A job as mathematics, for your network: as text, as Markdown with formulas, or as JSON. */
public final class Explanation {
    private static final int POINTS = 60;
    private static final String BARS = "▁▂▃▄▅▆▇█";

    /** Steps of an epoch in the picture of a schedule: their true number is known when the rows have been read. */
    private static final long STEPS_PER_EPOCH = 1000;

    private final String title;
    private final JobSpec job;
    private final Network network;
    private final List<LayerExplanation> layers;
    private final long multiplyAdds;

    private Explanation(String title, JobSpec job, Network network) {
        this.title = title;
        this.job = job;
        this.network = network;
        layers = LayerExplanation.all(network.layersBeforeLink(), network.input());
        multiplyAdds = network.spec().members()
                * layers.stream().mapToLong(LayerExplanation::multiplyAdds).sum();
    }

    /**
     * Explains a job.
     *
     * @param title what is explained
     * @param job how it is trained
     * @param model its network, with the vectors of categories where columns have types
     * @param input shape of a row of features
     * @throws IllegalArgumentException if the network does not fit the rows
     */
    public static Explanation of(String title, JobSpec job, ModelSpec model, Shape input) {
        return new Explanation(title, job, Network.bind(model, input));
    }

    /** For a terminal. */
    public List<String> text() {
        List<String> lines = new ArrayList<>();
        lines.add(title + ": " + size());
        lines.add("");
        lines.add("x " + network.input());
        for (LayerExplanation layer : layers) {
            String indent = "    ".repeat(layer.depth());
            lines.add("");
            lines.add(indent + layer.name() + "  " + layer.input() + " to " + layer.output() + cost(layer));
            layer.formula().text().forEach(line -> lines.add(indent + "    " + line));
            if (layer.activation() != null) {
                layer.activation().text().forEach(line -> lines.add(indent + "    " + line));
            }
            addIfAny(lines, indent + "    with ", layer.values());
            if (!layer.tensors().isEmpty()) {
                lines.add(indent + "    " + layer.tensors());
            }
        }
        lines.add("");
        section(lines, "loss", network.loss(), Formulas.of(network.loss()));
        addPenalties(lines);
        lines.add("");
        section(lines, "optimizer", job.optimizer(), Formulas.of(job.optimizer()));
        addGradient(lines);
        lines.add("");
        section(
                lines,
                "schedule",
                job.train().schedule(),
                Formulas.of(job.train().schedule()));
        lines.add("    " + sparkline());
        return lines;
    }

    private String size() {
        int members = network.spec().members();
        return String.format(
                Locale.ROOT,
                "%s%,d parameters, %,d multiply-adds a row (%,d FLOPs; training takes about three times as many)",
                members == 1 ? "" : members + " networks of these layers, ",
                network.parameterCount(),
                multiplyAdds,
                2 * multiplyAdds);
    }

    private static String cost(LayerExplanation layer) {
        return layer.parameters() == 0
                ? ""
                : String.format(
                        Locale.ROOT, ", %,d parameters, %,d multiply-adds", layer.parameters(), layer.multiplyAdds());
    }

    private static void section(List<String> lines, String title, Object spec, Formula formula) {
        lines.add(title + " " + Formulas.name(spec) + (formula.about() == null ? "" : ": " + formula.about()));
        formula.text().forEach(line -> lines.add("    " + line));
        addIfAny(lines, "    with ", Formulas.values(formula, spec));
    }

    private static void addIfAny(List<String> lines, String before, List<String> values) {
        if (!values.isEmpty()) {
            lines.add(before + String.join(", ", values));
        }
    }

    private void addPenalties(List<String> lines) {
        Regularization penalties = network.spec().regularization();
        if (penalties.l1() > 0) {
            lines.add("    + l1 sum |w|, a Laplace prior, with l1 = " + penalties.l1());
        }
        if (penalties.l2() > 0) {
            lines.add("    + l2/2 sum w^2, a Gaussian prior, with l2 = " + penalties.l2());
        }
        if (!network.posteriors().isEmpty()) {
            lines.add("    + KL(q(w) || p(w)) / rows: the negative evidence lower bound");
        }
    }

    private void addGradient(List<String> lines) {
        TrainSpec train = job.train();
        lines.add(String.format(
                Locale.ROOT,
                "    g = the gradient of the mean loss over the %,d rows of a step, over %,d epochs",
                train.batchSize(),
                train.epochs()));
        if (train.clipNorm() != null) {
            lines.add("    g = g min(1, " + train.clipNorm() + " / |g|)");
        }
        if (train.clipValue() != null) {
            lines.add("    g = g cut to +-" + train.clipValue());
        }
    }

    /** The learning rate over the training, as it is without plateaus. */
    private double[] rates() {
        Optimizer optimizer = job.optimizer();
        Schedule schedule = job.train().schedule();
        Horizon horizon =
                new Horizon(STEPS_PER_EPOCH, STEPS_PER_EPOCH * job.train().epochs());
        double[] rates = new double[POINTS];
        for (int i = 0; i < POINTS; i++) {
            long step = (horizon.totalSteps() - 1) * i / (POINTS - 1);
            rates[i] = optimizer.learningRate() * schedule.factor(step, horizon, List.of());
        }
        return rates;
    }

    private String sparkline() {
        double[] rates = rates();
        double most = 0;
        double least = Double.POSITIVE_INFINITY;
        for (double rate : rates) {
            most = Math.max(most, rate);
            least = Math.min(least, rate);
        }
        StringBuilder line = new StringBuilder();
        for (double rate : rates) {
            line.append(BARS.charAt(most == 0 ? 0 : (int) Math.round(rate / most * (BARS.length() - 1))));
        }
        return line + String.format(Locale.ROOT, "  lr from %.3g to %.3g", least, most);
    }

    /** Markdown, with formulas as GitHub, Jupyter and pandoc show them. */
    public List<String> markdown() {
        List<String> lines = new ArrayList<>(List.of("# " + title, "", size() + ".", "", "## Network", ""));
        lines.add("| layer | input | output | tensors | parameters | multiply-adds |");
        lines.add("| --- | --- | --- | --- | --- | --- |");
        for (LayerExplanation layer : layers) {
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s`%s` | %s | %s | %s | %,d | %,d |",
                    "&emsp;".repeat(layer.depth()),
                    layer.name(),
                    layer.input(),
                    layer.output(),
                    layer.tensors(),
                    layer.parameters(),
                    layer.multiplyAdds()));
        }
        for (LayerExplanation layer : layers) {
            lines.addAll(List.of(
                    "", "### `" + layer.name() + "`", "", "$$" + layer.formula().latex() + "$$"));
            if (layer.activation() != null) {
                lines.addAll(List.of("", "$$" + layer.activation().latex() + "$$"));
            }
            addValues(lines, layer.values());
        }
        chapter(lines, "Loss", network.loss(), Formulas.of(network.loss()));
        chapter(lines, "Update", job.optimizer(), Formulas.of(job.optimizer()));
        chapter(
                lines,
                "Schedule",
                job.train().schedule(),
                Formulas.of(job.train().schedule()));
        lines.addAll(List.of("", "`" + sparkline() + "`"));
        return lines;
    }

    private static void chapter(List<String> lines, String title, Object spec, Formula formula) {
        lines.addAll(List.of("", "## " + title + ": `" + Formulas.name(spec) + "`", ""));
        if (formula.about() != null) {
            lines.addAll(List.of(formula.about() + ":", ""));
        }
        lines.add("$$" + formula.latex() + "$$");
        addValues(lines, Formulas.values(formula, spec));
    }

    private static void addValues(List<String> lines, List<String> values) {
        if (!values.isEmpty()) {
            lines.addAll(List.of("", "with " + String.join(", ", values)));
        }
    }

    /** For a program. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("parameters", network.parameterCount()).put("multiplyAdds", multiplyAdds);
        ArrayNode all = json.putArray("layers");
        for (LayerExplanation layer : layers) {
            all.addObject()
                    .put("name", layer.name())
                    .put("depth", layer.depth())
                    .put("input", layer.input().toString())
                    .put("output", layer.output().toString())
                    .put("formula", String.join("\n", layer.formula().text()))
                    .put("latex", layer.formula().latex())
                    .put("parameters", layer.parameters())
                    .put("multiplyAdds", layer.multiplyAdds());
        }
        put(json, "loss", network.loss(), Formulas.of(network.loss()));
        put(json, "optimizer", job.optimizer(), Formulas.of(job.optimizer()));
        put(json, "schedule", job.train().schedule(), Formulas.of(job.train().schedule()));
        ArrayNode rates = json.putArray("learningRates");
        for (double rate : rates()) {
            rates.add(rate);
        }
        return json;
    }

    private static void put(ObjectNode json, String key, Object spec, Formula formula) {
        json.putObject(key)
                .put("name", Formulas.name(spec))
                .put("formula", String.join("\n", formula.text()))
                .put("latex", formula.latex());
    }
}
