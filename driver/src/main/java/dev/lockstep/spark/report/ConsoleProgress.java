package dev.lockstep.spark.report;

import dev.lockstep.nn.spec.Excerpt;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Tells a person how training goes: a line an epoch, and on a terminal a bar that moves with the tasks that read rows,
 * then with the steps. Its lines have colours on a terminal, unless the environment variable {@code NO_COLOR} is set.
 */
public final class ConsoleProgress implements TrainingListener, AutoCloseable {
    private static final int REDRAW_MILLIS = 200;

    private final PrintStream out;
    private final boolean terminal;
    private final boolean colours;
    private final boolean verbose;
    private @Nullable EpochTable table;
    private boolean headed;
    private long startNanos;
    private long startSteps;
    private long steps;
    private int epochs;
    private @Nullable String preparing;
    private @Nullable ProgressBar bar;

    /**
     * A view of a training.
     *
     * @param out where to print
     * @param terminal whether a bar can be drawn there; see {@link #onTerminal()}
     */
    public ConsoleProgress(PrintStream out, boolean terminal) {
        this(out, terminal, false);
    }

    /**
     * The same for someone who wants to see more.
     *
     * @param verbose whether that is so
     */
    public ConsoleProgress(PrintStream out, boolean terminal, boolean verbose) {
        this.out = out;
        this.verbose = verbose;
        this.terminal = terminal;
        this.colours = terminal && System.getenv("NO_COLOR") == null;
    }

    /** Whether a person looks at this process through a terminal that can redraw a line. */
    public static boolean onTerminal() {
        return Style.onTerminal();
    }

    @Override
    public synchronized void notice(String line) {
        removeBar();
        out.println(Style.NOTE.of("note:", colours) + " " + Excerpt.visible(line));
    }

    @Override
    public synchronized void preparing(String work) {
        removeBar();
        preparing = work;
        out.println(Excerpt.visible(work));
    }

    @Override
    public synchronized void prepared(int done, int tasks) {
        // The last news of a stage may come when the training has begun.
        if (!terminal || preparing == null) {
            return;
        }
        if (bar == null || bar.getMax() != tasks || bar.getCurrent() > done) {
            removeBar();
            bar = bar("tasks", tasks);
        }
        bar.stepTo(done);
    }

    @Override
    public synchronized void memory(List<String> table) {
        if (verbose) {
            removeBar();
            table.forEach(out::println);
        }
    }

    @Override
    public synchronized void started(TrainingOverview plan) {
        removeBar();
        preparing = null;
        epochs = plan.epochs();
        table = new EpochTable(epochs);
        headed = false;
        steps = plan.epochs() * plan.stepsInEpoch();
        startSteps = plan.completedSteps();
        startNanos = System.nanoTime();
        String validation =
                plan.validationRows() == 0 ? "" : String.format(", %,d for validation", plan.validationRows());
        print(
                "training %s on %s%s: %s of %s, %s on %s%s, %s",
                count(plan.parameters(), "parameter"),
                count(plan.rows(), "row"),
                validation,
                count(plan.epochs(), "epoch"),
                count(plan.stepsInEpoch(), "step"),
                count(plan.shards(), "shard"),
                count(plan.tasks(), "task"),
                plan.ranks() == plan.tasks() ? "" : " of " + plan.ranks() + " threads in all",
                plan.synchronizer());
        if (plan.completedSteps() > 0) {
            print(
                    "resuming from a checkpoint: %s, %s trained",
                    count(plan.completedEpochs(), "epoch"), count(plan.completedSteps(), "step"));
        }
    }

    @Override
    public synchronized void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {
        if (!terminal) {
            return;
        }
        if (bar == null) {
            bar = bar("epoch " + epoch + "/" + epochs, stepsInEpoch);
        }
        long done = (epoch - 1) * stepsInEpoch + stepInEpoch;
        double left = (System.nanoTime() - startNanos) / 1e9 * (steps - done) / Math.max(1, done - startSteps);
        bar.setExtraMessage(String.format(Locale.ROOT, " loss %.4f, %s left", loss, Durations.of(left)));
        bar.stepTo(stepInEpoch);
    }

    private ProgressBar bar(String name, long most) {
        return new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(most)
                .setUpdateIntervalMillis(REDRAW_MILLIS)
                .setConsumer(new ConsoleProgressBarConsumer(out))
                .clearDisplayOnFinish()
                .build();
    }

    @Override
    public synchronized void epoch(EpochReport report) {
        removeBar();
        EpochTable lines = table == null ? new EpochTable(report.epoch()) : table;
        if (!headed) {
            headed = true;
            out.println(Style.HEADER.of(lines.header(report), colours));
        }
        String line = lines.line(report);
        out.println(line.endsWith("*") ? Style.GOOD.of(line, colours) : line);
    }

    @Override
    public synchronized void finished(TrainingSummary summary) {
        removeBar();
        print(
                "%s: %s, %s in %s",
                summary.reason(),
                count(summary.epochs(), "epoch"),
                count(summary.steps(), "step"),
                Durations.of(summary.seconds()));
    }

    private static String count(long number, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", number, noun, number == 1 ? "" : "s");
    }

    private void print(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }

    private void removeBar() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    /** Removes the bar, also after a failure; lines can still be printed. */
    @Override
    public synchronized void close() {
        preparing = null;
        removeBar();
    }
}
