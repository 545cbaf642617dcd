package dev.lockstep.spark.live;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.spark.report.EpochReport;
import dev.lockstep.spark.report.JsonNumbers;
import dev.lockstep.spark.report.LayerCurves;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.report.TrainingOverview;
import dev.lockstep.spark.report.TrainingSummary;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A training as it stands: what its page shows. Written by the training, read by the threads of the web server. */
public final class LiveRun implements TrainingListener {
    private static final int MOST_POINTS = 1000;
    private static final int MOST_NOTICES = 100;

    private enum State {
        PREPARING,
        TRAINING,
        ENDED,
        FAILED
    }

    private record Point(long step, double loss) {}

    private record Notice(long millis, String text) {}

    private final int number;
    private final String name;
    private final Consumer<LiveSnapshot> log;
    private final long startMillis = System.currentTimeMillis();
    private final Thinned<Point> steps = new Thinned<>(MOST_POINTS);
    private final Thinned<EpochReport> epochs = new Thinned<>(MOST_POINTS);
    private final Deque<Notice> notices = new ArrayDeque<>();
    private State state = State.PREPARING;
    private String words = "";
    private String time = "";
    private int epochsSeen;
    private int tasksDone;
    private int tasks;
    private long trainingMillis;
    private long endMillis;
    private long step;
    private @Nullable TrainingOverview plan;
    private @Nullable EpochReport best;
    private List<StepTimes> ranks = List.of();

    /**
     * A training.
     *
     * @param number its number among those of the application
     * @param name what the page calls it
     * @param log is given a snapshot now and then, and when the training has ended
     */
    LiveRun(int number, String name, Consumer<LiveSnapshot> log) {
        this.number = number;
        this.name = name;
        this.log = log;
    }

    @Override
    public synchronized void notice(String line) {
        if (notices.size() == MOST_NOTICES) {
            notices.removeFirst();
        }
        notices.addLast(new Notice(System.currentTimeMillis(), Excerpt.visible(line)));
    }

    @Override
    public synchronized void preparing(String work) {
        words = work;
    }

    @Override
    public synchronized void prepared(int done, int all) {
        tasksDone = done;
        tasks = all;
    }

    @Override
    public synchronized void started(TrainingOverview overview) {
        state = State.TRAINING;
        words = overview.synchronizer();
        plan = overview;
        step = overview.completedSteps();
        trainingMillis = System.currentTimeMillis();
    }

    @Override
    public synchronized void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {
        step = (epoch - 1) * stepsInEpoch + stepInEpoch;
        steps.add(new Point(step, loss));
    }

    @Override
    public synchronized void ranks(List<StepTimes> times) {
        ranks = List.copyOf(times);
    }

    @Override
    public synchronized void epoch(EpochReport report) {
        epochs.add(report);
        if (best == null || watched(report) < watched(best)) {
            best = report;
        }
        epochsSeen++;
        // As often as that, all snapshots together are no longer than two of the last one.
        if (Integer.bitCount(epochsSeen) == 1) {
            logNow();
        }
    }

    private static double watched(EpochReport report) {
        return report.validationLoss() == null ? report.loss() : report.validationLoss();
    }

    @Override
    public synchronized void finished(TrainingSummary summary) {
        time = summary.time().paragraph();
        end(State.ENDED, summary.reason());
    }

    /** The training has failed or was cancelled. */
    public synchronized void failed(String reason) {
        end(State.FAILED, reason);
    }

    private void end(State last, String reason) {
        state = last;
        words = Excerpt.visible(reason);
        endMillis = System.currentTimeMillis();
        logNow();
    }

    private void logNow() {
        log.accept(new LiveSnapshot(number, json().toString()));
    }

    /** Whether nothing more will happen. */
    synchronized boolean isOver() {
        return state == State.ENDED || state == State.FAILED;
    }

    /** All there is to show. */
    synchronized ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("number", number);
        json.put("name", name);
        json.put("state", state.name().toLowerCase(Locale.ROOT));
        json.put("words", words).put("time", time);
        json.put("seconds", ((isOver() ? endMillis : System.currentTimeMillis()) - startMillis) / 1000.0);
        if (state == State.PREPARING) {
            json.put("tasksDone", tasksDone).put("tasks", tasks);
        }
        if (plan != null) {
            putPlan(json, plan);
        }
        if (best != null) {
            json.put("bestEpoch", best.epoch());
        }
        putSteps(json);
        json.set(
                "epochs",
                LayerCurves.shown(
                        epochs.items().stream().map(EpochReport::toJson).toList()));
        ArrayNode times = json.putArray("ranks");
        for (StepTimes rank : ranks) {
            times.addObject()
                    .put("computeSeconds", rank.computeNanos() / 1e9)
                    .put("copySeconds", rank.copyNanos() / 1e9)
                    .put("waitSeconds", rank.waitNanos() / 1e9);
        }
        ArrayNode said = json.putArray("notices");
        notices.forEach(
                notice -> said.addObject().put("millis", notice.millis()).put("text", notice.text()));
        return JsonNumbers.finite(json);
    }

    private void putPlan(ObjectNode json, TrainingOverview overview) {
        long all = overview.epochs() * overview.stepsInEpoch();
        json.put("step", step).put("steps", all);
        json.put("epochsPlanned", overview.epochs()).put("stepsInEpoch", overview.stepsInEpoch());
        json.put("rows", overview.rows()).put("validationRows", overview.validationRows());
        json.put("parameters", overview.parameters()).put("shards", overview.shards());
        json.put("tasksTraining", overview.tasks()).put("ranksTraining", overview.ranks());
        long done = step - overview.completedSteps();
        if (state == State.TRAINING && done > 0) {
            double seconds = (System.currentTimeMillis() - trainingMillis) / 1000.0;
            json.put("secondsLeft", seconds * (all - step) / done);
        }
    }

    private void putSteps(ObjectNode json) {
        ArrayNode at = json.putArray("stepNumbers");
        ArrayNode losses = json.putArray("stepLosses");
        for (Point point : steps.items()) {
            at.add(point.step());
            losses.add(point.loss());
        }
    }
}
