package dev.lockstep.spark.doctor;

import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.report.TrainingOverview;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows a training for some time, and says how long a step takes once the compiler is done: the fastest fifth of the
 * time that was watched.
 */
final class SpeedTrial implements TrainingListener {
    private static final int PARTS = 5;

    /** How many of the last losses their mean looks back on. */
    private static final double MEMORY = 10;

    private final long nanos;
    private final LongSupplier clock;
    private final Runnable end;
    private final List<String> notices = new ArrayList<>();
    private List<String> memory = List.of();
    private @Nullable TrainingOverview overview;
    private long startNanos;
    private long partNanos;
    private long partStep;
    private long lastStep;
    private double nanosAStep = Double.POSITIVE_INFINITY;
    private double firstLoss = Double.NaN;
    private double meanLoss = Double.NaN;
    private double worstLoss = Double.NEGATIVE_INFINITY;
    private List<StepTimes> ranks = List.of();

    /**
     * A trial.
     *
     * @param nanos how long to watch
     * @param clock tells the time in nanoseconds
     * @param end ends the training
     */
    SpeedTrial(long nanos, LongSupplier clock, Runnable end) {
        this.nanos = nanos;
        this.clock = clock;
        this.end = end;
    }

    @Override
    public void notice(String line) {
        notices.add(line);
    }

    @Override
    public void memory(List<String> table) {
        memory = table;
    }

    @Override
    public void started(TrainingOverview plan) {
        overview = plan;
        startNanos = clock.getAsLong();
        partNanos = startNanos;
    }

    @Override
    public void ranks(List<StepTimes> times) {
        ranks = times;
    }

    @Override
    public void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {
        long now = clock.getAsLong();
        long step = (epoch - 1) * stepsInEpoch + stepInEpoch;
        if (lastStep == 0) {
            firstLoss = loss;
            meanLoss = loss;
        }
        meanLoss += (loss - meanLoss) / MEMORY;
        worstLoss = Math.max(worstLoss, meanLoss);
        lastStep = step;
        if (now - partNanos >= nanos / PARTS) {
            nanosAStep = Math.min(nanosAStep, (now - partNanos) / (double) (step - partStep));
            partNanos = now;
            partStep = step;
        }
        if (now - startNanos >= nanos) {
            end.run();
        }
    }

    /** What is worth knowing, as the training said it. */
    List<String> notices() {
        return notices;
    }

    /** What the processes hold, as lines of a table. */
    List<String> memory() {
        return memory;
    }

    /** What was going to be done; null if the training never began. */
    @Nullable
    TrainingOverview overview() {
        return overview;
    }

    /** The mean loss of the first round's rows. */
    double firstLoss() {
        return firstLoss;
    }

    /** The greatest that a running mean of the losses has come to. */
    double worstLoss() {
        return worstLoss;
    }

    /** How many steps were taken. */
    long steps() {
        return lastStep;
    }

    /** How long a step takes. */
    double millisAStep() {
        boolean ended = nanosAStep < Double.POSITIVE_INFINITY;
        return (ended ? nanosAStep : (clock.getAsLong() - startNanos) / (double) Math.max(1, lastStep)) / 1e6;
    }

    /** How long one rank alone would take for a step, the mean over all steps; NaN where that was not measured. */
    double aloneMillisAStep() {
        if (ranks.isEmpty() || lastStep == 0) {
            return Double.NaN;
        }
        long compute = ranks.stream().mapToLong(StepTimes::computeNanos).sum();
        return compute / 1e6 / lastStep;
    }
}
