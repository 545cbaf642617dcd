package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.config.JobSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes an event file for TensorBoard into the output directory: the job as text and as hyperparameters, then what
 * {@link MetricsFile} has of each epoch as scalars at its step, and histograms of the weights. {@code tensorboard
 * --logdir} of a folder of runs shows their curves over each other.
 */
public final class TensorBoardFile implements TrainingListener {
    /** Name of the file; TensorBoard looks for {@code tfevents} in it. */
    public static final String NAME = "events.out.tfevents.lockstep";

    /** Tensors with a histogram; a network may have very many. */
    private static final int MOST_TENSORS = 60;

    private static final String EPOCH = "epoch";
    private static final String STEP = "step";
    private static final String VALIDATION = "validation";

    private final FileDirectory directory;
    private final JsonNode job;
    private final Clock clock;

    /**
     * A file in a directory, made when training starts. When a run is resumed, the epochs that are already trained are
     * taken from {@code metrics.jsonl}.
     */
    public TensorBoardFile(FileDirectory directory, JobSpec job) {
        this(directory, SpecMapper.tree(job));
    }

    /** @param job as a tree */
    TensorBoardFile(FileDirectory directory, JsonNode job) {
        this(directory, job, Clock.systemUTC());
    }

    TensorBoardFile(FileDirectory directory, JsonNode job, Clock clock) {
        this.directory = directory;
        this.job = job;
        this.clock = clock;
    }

    @Override
    public void started(TrainingOverview plan) {
        try {
            ByteArrayOutputStream events = new ByteArrayOutputStream();
            EventRecord.version(seconds()).writeTo(events);
            EventRecord.text(seconds(), 0, "job", job.toPrettyString()).writeTo(events);
            byte[] settings = HyperParameters.begin(seconds(), directory.location(), JobSettings.of(job));
            EventRecord.plugin(seconds(), HyperParameters.BEGIN, HyperParameters.PLUGIN, settings)
                    .writeTo(events);
            addEpochs(plan.completedEpochs(), events);
            directory.write(NAME, events::writeTo);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void addEpochs(int epochs, ByteArrayOutputStream events) throws IOException {
        List<JsonNode> before = new RunFiles(directory).epochs();
        for (JsonNode epoch : before.subList(0, Math.min(epochs, before.size()))) {
            addScalars(epoch, events);
        }
    }

    @Override
    public void epoch(EpochReport report) {
        append(events -> addScalars(report.toJson(), events));
    }

    @Override
    public void learned(long step, Network network, float[] parameters) {
        append(events -> {
            for (ParameterRange range :
                    network.parameters().stream().limit(MOST_TENSORS).toList()) {
                EventRecord.histogram(seconds(), step, "weights/" + range.name(), WeightHistogram.of(range, parameters))
                        .writeTo(events);
            }
        });
    }

    @Override
    public void finished(TrainingSummary summary) {
        append(events -> EventRecord.plugin(
                        seconds(), HyperParameters.END, HyperParameters.PLUGIN, HyperParameters.end(seconds()))
                .writeTo(events));
    }

    /** Writes records. */
    private interface Records {
        void writeTo(ByteArrayOutputStream events) throws IOException;
    }

    private void append(Records records) {
        try {
            ByteArrayOutputStream events = new ByteArrayOutputStream();
            records.writeTo(events);
            directory.append(NAME, events.toByteArray());
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void addScalars(JsonNode epoch, ByteArrayOutputStream events) throws IOException {
        long step = epoch.path(STEP).asLong();
        for (Map.Entry<String, Double> figure : EpochReport.numbers(epoch).entrySet()) {
            if (!figure.getKey().equals(STEP)) {
                float value = figure.getValue().floatValue();
                EventRecord.scalar(seconds(), step, tag(figure.getKey()), value).writeTo(events);
            }
        }
    }

    /**
     * Curves of training and of validation lie in one group: {@code loss/training}, {@code loss/validation}; those of
     * the layers in another one.
     */
    static String tag(String key) {
        if (key.startsWith(VALIDATION)) {
            String rest = key.substring(VALIDATION.length());
            return rest.substring(0, 1).toLowerCase(Locale.ROOT) + rest.substring(1) + "/" + VALIDATION;
        }
        return switch (key) {
            case EPOCH, "learningRate" -> key;
            case "rowsPerSecond", "bytesSent", "seconds", "computeSeconds", "copySeconds", "waitSeconds" ->
                "speed/" + key;
            default -> key.indexOf('/') > 0 ? key : key + "/training";
        };
    }

    private double seconds() {
        return clock.millis() / 1e3;
    }

    private ModelException failure(IOException e) {
        return new ModelException(directory.location(NAME), "cannot be written: " + FileReason.of(e), e);
    }
}
