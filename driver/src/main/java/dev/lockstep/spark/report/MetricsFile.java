package dev.lockstep.spark.report;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.io.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes {@code metrics.jsonl}: {@link EpochReport#toJson()} of each epoch on a line of its own, as it ends. */
public final class MetricsFile implements TrainingListener {
    /** Name of the file in the output directory. */
    public static final String NAME = "metrics.jsonl";

    private final FileDirectory directory;

    /**
     * A file in a directory, made when training starts. When a run is resumed, the lines of the epochs that are already
     * trained stay.
     */
    public MetricsFile(FileDirectory directory) {
        this.directory = directory;
    }

    @Override
    public void started(TrainingOverview plan) {
        try {
            byte[] kept = kept(plan.completedEpochs());
            directory.write(NAME, out -> out.write(kept));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** The first lines of the file that is there. */
    private byte[] kept(int lines) throws IOException {
        if (lines == 0 || !directory.exists(NAME)) {
            return new byte[0];
        }
        byte[] bytes;
        try (InputStream in = directory.open(NAME)) {
            bytes = in.readAllBytes();
        }
        int end = 0;
        int left = lines;
        for (int i = 0; i < bytes.length && left > 0; i++) {
            if (bytes[i] == '\n') {
                end = i + 1;
                left--;
            }
        }
        return Arrays.copyOf(bytes, end);
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
        return new ModelException(directory.location(NAME), "cannot be written: " + FileReason.of(e), e);
    }
}
