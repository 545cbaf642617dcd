package dev.lockstep.spark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A summary for a person at the end of a training: which epoch was the best, how good, and what to do next. */
public final class RunSummary implements TrainingListener {
    private @Nullable EpochReport best;
    private @Nullable TrainingSummary summary;
    private int epochs;

    @Override
    public void started(TrainingOverview plan) {
        epochs = plan.epochs();
    }

    @Override
    public void epoch(EpochReport report) {
        Double loss = report.validationLoss();
        if (loss != null && (best == null || best.validationLoss() == null || loss < best.validationLoss())) {
            best = report;
        }
    }

    @Override
    public void finished(TrainingSummary end) {
        summary = end;
    }

    /**
     * The lines of the summary.
     *
     * @param measures of the test rows, or of the validation rows; null without any
     * @param classes names of the classes; null where none are predicted
     * @param location of the model
     * @param job the job file
     */
    public List<String> lines(
            @Nullable Measures measures, @Nullable List<String> classes, String location, String job) {
        List<String> lines = new ArrayList<>();
        addBest(lines);
        if (summary != null && !summary.time().paragraph().isEmpty()) {
            lines.add("");
            lines.addAll(Wrapped.lines(summary.time().paragraph()));
        }
        if (measures != null) {
            lines.add("");
            lines.add(measures.line());
            lines.addAll(measures.headLines());
            lines.addAll(ConfusionText.lines(measures, classes));
        }
        lines.add("");
        lines.add("next:");
        lines.add("  look at it    " + location + "/" + RunReport.NAME);
        if (measures != null) {
            lines.add("  measure it    scripts/lockstep evaluate " + location);
        }
        lines.add("  use it        scripts/lockstep predict " + location + " --input ROWS --output DIR");
        if (summary == null || summary.epochs() >= epochs) {
            lines.add("  train longer  scripts/lockstep train " + job + " --set train.epochs=N --overwrite");
        }
        return lines;
    }

    private void addBest(List<String> lines) {
        if (best == null || best.validationLoss() == null || summary == null) {
            return;
        }
        String line = String.format(
                Locale.ROOT,
                "best epoch: %d, with a validation loss of %.4f; this model is from ",
                best.epoch(),
                best.validationLoss());
        if (best.epoch() == summary.modelEpoch()) {
            lines.add(line + "that epoch");
        } else {
            lines.add(line + "epoch " + summary.modelEpoch());
            lines.add("(train.earlyStopping keeps that of the best epoch)");
        }
    }
}
