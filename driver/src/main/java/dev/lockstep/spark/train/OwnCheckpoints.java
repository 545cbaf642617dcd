package dev.lockstep.spark.train;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.checkpoint.CheckpointException;
import dev.lockstep.spark.checkpoint.CheckpointStore;
import dev.lockstep.spark.checkpoint.JobFingerprint;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.report.EpochReport;
import dev.lockstep.spark.report.MetricsFile;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.report.TrainingOverview;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;

/**
 * What a training without an output directory keeps until it has ended: its checkpoints and its figures, below a
 * directory that many trainings may share, in one that is named after the job's fingerprint. So the same training finds
 * its own after the driver was lost, and no other one's.
 */
final class OwnCheckpoints implements AutoCloseable {
    private static final int NAME_LENGTH = 32;

    private final String path;
    private final Configuration configuration;
    private final CheckpointStore store;

    private OwnCheckpoints(String path, Configuration configuration, CheckpointStore store) {
        this.path = path;
        this.configuration = configuration;
        this.store = store;
    }

    /**
     * Takes the directory of a job, until {@link #close}.
     *
     * @param shared the directory above
     * @param keep how many of the newest checkpoints stay
     * @param notice receives a line before a wait for an earlier run
     * @throws CheckpointException if it cannot be written, or the same training is running now
     */
    static OwnCheckpoints open(
            String shared, JobFingerprint job, int keep, Configuration configuration, Consumer<String> notice) {
        String path =
                (shared.endsWith("/") ? shared : shared + "/") + job.sha256().substring(0, NAME_LENGTH);
        try {
            CheckpointStore store =
                    CheckpointStore.at(FileSystems.directory(path, configuration), "checkpointDir", keep);
            store.acquire(notice);
            return new OwnCheckpoints(path, configuration, store);
        } catch (IOException e) {
            throw new CheckpointException("checkpointDir", FileReason.of(e), e);
        }
    }

    CheckpointStore store() {
        return store;
    }

    /**
     * Keeps the figures of the epochs.
     *
     * @param resumed receives those of an earlier run
     */
    TrainingListener figures(TrainingListener resumed) {
        MetricsFile file = new MetricsFile(store.directory());
        return new TrainingListener() {
            @Override
            public void started(TrainingOverview plan) {
                file.started(plan);
                if (plan.completedEpochs() > 0) {
                    resumed.resumed(kept());
                }
            }

            @Override
            public void epoch(EpochReport report) {
                file.epoch(report);
            }
        };
    }

    private List<JsonNode> kept() {
        try (InputStream in = store.directory().open(MetricsFile.NAME)) {
            List<JsonNode> epochs = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                epochs.add(SpecMapper.json().readTree(line));
            }
            return epochs;
        } catch (IOException e) {
            throw new CheckpointException(store.directory().location(MetricsFile.NAME), FileReason.of(e), e);
        }
    }

    /** Deletes the directory: the training has ended. */
    void discard() {
        close();
        try {
            FileSystems.delete(path, configuration);
        } catch (IOException e) {
            throw new CheckpointException(path, "cannot be deleted: " + FileReason.of(e), e);
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
