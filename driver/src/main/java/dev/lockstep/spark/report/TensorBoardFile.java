package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.io.ModelException;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;

/**
 * Writes an event file for TensorBoard into the output directory: the job as text, then what {@link MetricsFile} has of
 * each epoch as scalars at its step. {@code tensorboard --logdir} of a folder of runs shows their curves over each
 * other.
 */
public final class TensorBoardFile implements TrainingListener {
    /** Name of the file; TensorBoard looks for {@code tfevents} in it. */
    public static final String NAME = "events.out.tfevents.lockstep";

    private static final String EPOCH = "epoch";
    private static final String STEP = "step";
    private static final String VALIDATION = "validation";

    private final FileDirectory directory;
    private final String job;
    private final Clock clock;

    /**
     * A file in a directory, made when training starts. When a run is resumed, the epochs that are already trained are
     * taken from {@code metrics.jsonl}.
     *
     * @param job the job file's text
     */
    public TensorBoardFile(FileDirectory directory, String job) {
        this(directory, job, Clock.systemUTC());
    }

    TensorBoardFile(FileDirectory directory, String job, Clock clock) {
        this.directory = directory;
        this.job = job;
        this.clock = clock;
    }

    @Override
    public void started(TrainingOverview plan) {
        try {
            ByteArrayOutputStream events = new ByteArrayOutputStream();
            EventRecord.version(seconds()).writeTo(events);
            EventRecord.text(seconds(), 0, "job", job).writeTo(events);
            addEpochs(plan.completedEpochs(), events);
            directory.write(NAME, events::writeTo);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void addEpochs(int epochs, ByteArrayOutputStream events) throws IOException {
        if (epochs == 0 || !directory.exists(MetricsFile.NAME)) {
            return;
        }
        ObjectMapper mapper = new ObjectMapper();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(directory.open(MetricsFile.NAME), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            for (int i = 0; i < epochs && line != null; i++) {
                addScalars(mapper.readTree(line), events);
                line = lines.readLine();
            }
        }
    }

    @Override
    public void epoch(EpochReport report) {
        try {
            ByteArrayOutputStream events = new ByteArrayOutputStream();
            addScalars(report.toJson(), events);
            directory.append(NAME, events.toByteArray());
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void addScalars(JsonNode epoch, ByteArrayOutputStream events) throws IOException {
        long step = epoch.path(STEP).asLong();
        for (var field : epoch.properties()) {
            if (!field.getKey().equals(STEP) && field.getValue().isNumber()) {
                EventRecord.scalar(seconds(), step, tag(field.getKey()), (float)
                                field.getValue().asDouble())
                        .writeTo(events);
            }
        }
    }

    /** Curves of training and of validation lie in one group: {@code loss/training}, {@code loss/validation}. */
    static String tag(String key) {
        if (key.startsWith(VALIDATION)) {
            String rest = key.substring(VALIDATION.length());
            return rest.substring(0, 1).toLowerCase(Locale.ROOT) + rest.substring(1) + "/" + VALIDATION;
        }
        return switch (key) {
            case EPOCH, "learningRate" -> key;
            case "rowsPerSecond", "bytesSent", "seconds", "computeSeconds", "copySeconds", "waitSeconds" ->
                "speed/" + key;
            default -> key + "/training";
        };
    }

    private double seconds() {
        return clock.millis() / 1e3;
    }

    private ModelException failure(IOException e) {
        return new ModelException(directory.location(NAME), "cannot be written: " + FileReason.of(e), e);
    }
}
