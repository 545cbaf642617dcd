package dev.lockstep.spark.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.spark.report.EpochReport;
import dev.lockstep.spark.report.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the figures of each epoch for the summary, and logs what has to be known. */
final class FitProgress implements TrainingListener {
    private static final Logger LOG = LoggerFactory.getLogger(FitProgress.class);

    private final String uid;
    private final List<ObjectNode> epochs = new ArrayList<>();

    /**
     * The progress of a call of {@code fit}.
     *
     * @param uid the estimator's, for the log
     */
    FitProgress(String uid) {
        this.uid = uid;
    }

    @Override
    public void notice(String line) {
        LOG.warn("{}: {}", uid, line);
    }

    @Override
    public void epoch(EpochReport report) {
        ObjectNode figures = report.toJson();
        LOG.info("{}: {}", uid, figures);
        epochs.add(figures);
    }

    /** The figures of all epochs. */
    TrainingHistory history() {
        return TrainingHistory.of(epochs);
    }
}
