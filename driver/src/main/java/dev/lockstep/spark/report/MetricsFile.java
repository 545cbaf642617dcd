package dev.lockstep.spark.report;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Writes {@code metrics.jsonl}: {@link EpochReport#toJson()} of each epoch on a line of its own, as it ends. */
public final class MetricsFile implements TrainingListener {
    /** Name of the file in the output directory. */
    public static final String NAME = "metrics.jsonl";

    private final FileDirectory directory;

    /** A file in a directory, made (or emptied) when training starts. */
    public MetricsFile(FileDirectory directory) {
        this.directory = directory;
    }

    @Override
    public void started(TrainingOverview plan) {
        try {
            directory.write(NAME, out -> {});
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void epoch(EpochReport report) {
        try {
            directory.append(NAME, (report.toJson() + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private ModelException failure(IOException e) {
        return new ModelException(directory.location(NAME), "cannot be written: " + e.getMessage(), e);
    }
}
