package dev.lockstep.spark.ml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.spark.report.EpochReport;
import dev.lockstep.spark.report.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the figures of each epoch for the summary, and logs what has to be known. */
class FitProgress implements TrainingListener {
    private static final Logger LOG = LoggerFactory.getLogger(FitProgress.class);

    /** What has been said as a warning: an estimator's notice, without its numbers. */
    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private static final int MOST_WARNED = 10_000;

    private final String uid;
    private final List<JsonNode> epochs = new ArrayList<>();

    /**
     * The progress of a call of {@code fit}.
     *
     * @param uid the estimator's, for the log
     */
    FitProgress(String uid) {
        this.uid = uid;
    }

    /** A warning the first time; validators fit an estimator many times over. */
    @Override
    public void notice(String line) {
        boolean isNew = WARNED.size() < MOST_WARNED && WARNED.add(uid + line.replaceAll("[0-9][0-9.,]*", "#"));
        if (isNew) {
            LOG.warn("{}: {}", uid, line);
        } else {
            LOG.info("{}: {}", uid, line);
        }
    }

    @Override
    public void resumed(List<JsonNode> earlier) {
        epochs.addAll(earlier);
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
