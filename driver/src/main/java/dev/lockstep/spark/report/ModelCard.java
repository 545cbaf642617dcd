package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.LayerSummary;
import dev.lockstep.nn.model.Network;
import dev.lockstep.spark.config.JobSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A model's card (Mitchell et al. 2019): what the model was trained on, what it is, how good it is as far as that was
 * measured, its limits, and how to load and verify it. Says only what is known from the model, its job and the metrics
 * of the run.
 */
public final class ModelCard {
    /** Name of the file beside the model. */
    public static final String NAME = "README.md";

    /** The first line, by which a card is known from a file of the user's. */
    private static final String MARK = "<!-- Written by Lockstep; a training with --overwrite replaces it. -->";

    private static final int SHORT_DIGEST = 12;

    private final StringBuilder text = new StringBuilder();
    private final FileDirectory run;
    private final SavedModel model;
    private final ModelDescription description;
    private final ModelOrigin origin;
    private final ModelWords words;
    private final @Nullable Measures measures;

    private ModelCard(FileDirectory run, SavedModel model, ModelOrigin origin) {
        this.run = run;
        this.model = model;
        this.description = model.description();
        this.origin = origin;
        this.words = new ModelWords(model);
        this.measures = origin.measures();
    }

    /**
     * Writes the card of a model beside it.
     *
     * @param run the output directory, with the metrics of the run
     */
    static void write(FileDirectory run, SavedModel model, ModelOrigin origin) throws IOException {
        byte[] card = new ModelCard(run, model, origin).text().getBytes(StandardCharsets.UTF_8);
        run.write(NAME, out -> out.write(card));
    }

    /** Whether a directory's {@value #NAME} is a card, not a file of the user's. */
    public static boolean isCard(FileDirectory directory) throws IOException {
        try (InputStream in = directory.open(NAME)) {
            byte[] mark = MARK.getBytes(StandardCharsets.UTF_8);
            return new String(in.readNBytes(mark.length), StandardCharsets.UTF_8).equals(MARK);
        }
    }

    private String text() {
        line(MARK);
        line("# Model " + description.sha256().substring(0, SHORT_DIGEST));
        line("");
        line("| | |");
        line("| --- | --- |");
        row("fingerprint", "`" + description.sha256() + "`, SHA-256 over parameters and running statistics");
        row(origin.verb(), origin.maker(description.lockstepVersion()));
        row("licence", origin.license() == null ? "unknown" : ModelWords.code(origin.license()));
        row("predicts", words.predicts());
        row("from", words.input());
        row("parameters", String.format(Locale.ROOT, "%,d", model.network().parameterCount()));
        JobSpec job = origin.job();
        if (job == null) {
            heading("Data");
            line("Not recorded.");
        } else {
            data(job);
        }
        network();
        if (job != null) {
            recipe(job);
        }
        metrics();
        calibration();
        limits(job);
        use();
        return text.toString();
    }

    private void data(JobSpec job) {
        section("Data");
        row("training rows", ModelWords.code(ModelWords.flow(job.data().train())));
        row(
                "validation rows",
                job.data().validation() == null
                        ? "none"
                        : ModelWords.code(ModelWords.flow(job.data().validation())));
        row(
                "test rows",
                job.data().test() == null
                        ? "none"
                        : ModelWords.code(ModelWords.flow(job.data().test())));
        if (job.data().columns() != null) {
            row("columns", ModelWords.code(ModelWords.flow(job.data().columns())));
        }
        row("scaling", ModelWords.code(ModelWords.flow(job.data().scale())));
        row("shards", Integer.toString(job.data().shards()));
    }

    private void network() {
        heading("Network");
        Network network = model.network();
        line("| layer | output | parameters | count |");
        line("| --- | --- | --- | --- |");
        for (LayerSummary layer : LayerSummary.of(network)) {
            line(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %,d |",
                    layer.name(),
                    layer.output(),
                    layer.tensors(),
                    layer.parameters()));
        }
    }

    private void recipe(JobSpec job) {
        section("Recipe");
        row("loss", ModelWords.code(ModelWords.flow(model.network().loss())));
        row("optimiser", ModelWords.code(ModelWords.flow(job.optimizer())));
        row("training", ModelWords.code(ModelWords.flow(job.train())));
        row("synchronisation", ModelWords.code(ModelWords.flow(job.sync())));
    }

    private void metrics() {
        List<JsonNode> epochs = epochs();
        JsonNode best = RunFiles.best(epochs);
        heading("Metrics");
        if (best == null) {
            line("Not recorded.");
            return;
        }
        boolean validated = best.has("validationLoss");
        line("Of the epochs "
                + (validated ? "the one with the least validation loss" : "the one with the least loss")
                + ", and the last. "
                + (validated
                        ? ""
                        : "There were no validation rows: all figures are measured on the training rows and"
                                + " say little about new rows. "));
        line("");
        JsonNode last = epochs.get(epochs.size() - 1);
        line("| | epoch " + best.path("epoch").asInt() + " | epoch "
                + last.path("epoch").asInt() + " |");
        line("| --- | --- | --- |");
        for (Iterator<String> names = last.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (name.toLowerCase(Locale.ROOT).contains("loss")
                    || RunReport.scores(epochs).stream()
                            .anyMatch(score -> name.equals(score) || name.equals(EpochReport.validationName(score)))) {
                line("| " + name + " | " + figure(best.get(name)) + " | " + figure(last.get(name)) + " |");
            }
        }
    }

    /** Whether probabilities and deviations can be believed, as far as it was measured. */
    private void calibration() {
        heading("Calibration");
        String figures = measures == null ? "" : measures.probabilistic();
        if (measures == null || figures.isEmpty()) {
            line("Not measured. If the loss predicts a distribution, `scripts/lockstep evaluate` with `--json`"
                    + " measures it.");
            return;
        }
        line("| " + measures.rows() + " " + measures.data() + " rows | |");
        line("| --- | --- |");
        String[] words = figures.split(" ", -1);
        for (int i = 0; i + 1 < words.length; i += 2) {
            row(words[i], words[i + 1]);
        }
        if (description.decided().tempers()) {
            row(
                    "temperature",
                    String.format(Locale.ROOT, "%.4f", description.decided().temperature()));
        }
    }

    /** The model is worth more than its card: metrics that cannot be read are left out. */
    private List<JsonNode> epochs() {
        try {
            return new RunFiles(run).epochs();
        } catch (ModelException e) {
            return List.of();
        }
    }

    private static String figure(@Nullable JsonNode value) {
        return value == null ? "" : String.format(Locale.ROOT, "%.4f", value.asDouble());
    }

    private void limits(@Nullable JobSpec job) {
        heading("Limits");
        line("- The model also predicts rows that are unlike the training rows; do not rely on such predictions.");
        if (description.classes() != null) {
            line("- The model assigns one of these classes even to a row that belongs to none of them.");
        }
        if (description.encoding() != null) {
            line("- A category that no training row had follows `data.columns`, or has no effect.");
        }
        if (job == null) {
            line("- What it was trained on, and how good it is there, is not known here.");
        } else if (job.data().validation() == null && job.data().test() == null) {
            line("- It was measured on its training rows only.");
        }
        line("- Bias in the rows was not examined.");
    }

    private void use() {
        heading("Use");
        line("    scripts/lockstep predict DIRECTORY --input ROWS --output PREDICTIONS");
        line("    scripts/lockstep serve DIRECTORY");
        line("");
        line("In a JVM, with `dev.lockstep:lockstep-worker-lib`:");
        line("");
        line("    SavedModel model = SavedModel.load(Path.of(\"DIRECTORY\"));");
        line("    Map<String, Object> prediction = model.cellPredictor(1).predictRow(row);");
        line("");
        if (origin.job() == null) {
            line("`sha256sum -c SHA256SUMS` checks the files. `scripts/lockstep verify DIRECTORY` does too.");
        } else {
            line("`sha256sum -c SHA256SUMS` checks the files. `scripts/lockstep verify DIRECTORY` does too, and with"
                    + " `--retrain` it trains the job in");
            line("`job.json` again and compares the fingerprints: the same rows and job give the same bits.");
        }
        line("");
        line("`sbom.json` lists what the model was made of and by, in CycloneDX.");
    }

    private void section(String title) {
        heading(title);
        line("| | |");
        line("| --- | --- |");
    }

    private void heading(String title) {
        line("");
        line("## " + title);
        line("");
    }

    private void row(String name, String value) {
        line("| " + name + " | " + value + " |");
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
