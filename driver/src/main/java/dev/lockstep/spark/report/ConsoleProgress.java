package dev.lockstep.spark.report;

import dev.lockstep.nn.spec.Excerpt;
import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** Tells a person how training goes: a line an epoch, and on a terminal a bar that moves with the steps. */
public final class ConsoleProgress implements TrainingListener, AutoCloseable {
    private static final int REDRAW_MILLIS = 200;

    private final PrintStream out;
    private final boolean terminal;
    private int epochs;
    private @Nullable ProgressBar bar;

    /**
     * A view of a training.
     *
     * @param out where to print
     * @param terminal whether a bar can be drawn there; see {@link #onTerminal()}
     */
    public ConsoleProgress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Whether a person looks at this process through a terminal that can redraw a line. */
    public static boolean onTerminal() {
        Console console = System.console();
        if (console == null || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            // From Java 22 on there always is a console, which says itself whether it is a terminal.
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    @Override
    public void notice(String line) {
        close();
        print("note: %s", Excerpt.visible(line));
    }

    @Override
    public void started(TrainingOverview plan) {
        epochs = plan.epochs();
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
    public void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {
        if (!terminal) {
            return;
        }
        if (bar == null) {
            bar = new ProgressBarBuilder()
                    .setTaskName("epoch " + epoch + "/" + epochs)
                    .setInitialMax(stepsInEpoch)
                    .setUpdateIntervalMillis(REDRAW_MILLIS)
                    .setConsumer(new ConsoleProgressBarConsumer(out))
                    .clearDisplayOnFinish()
                    .build();
        }
        bar.setExtraMessage(String.format(Locale.ROOT, " loss %.4f", loss));
        bar.stepTo(stepInEpoch);
    }

    @Override
    public void epoch(EpochReport report) {
        close();
        StringBuilder line = new StringBuilder();
        line.append(String.format(
                Locale.ROOT, "epoch %d/%d  step %d  loss %.4f", report.epoch(), epochs, report.step(), report.loss()));
        append(line, report.metrics());
        if (report.validationLoss() != null) {
            line.append(String.format(Locale.ROOT, "  validation loss %.4f", report.validationLoss()));
            append(line, report.validationMetrics());
        }
        if (report.divergence() != null) {
            line.append(String.format(
                    Locale.ROOT, "  nll %.4f kl %.4f elbo %.4f", report.loss(), report.divergence(), report.elbo()));
        }
        line.append(String.format(
                Locale.ROOT,
                "  rate %.4g  %.1f s  %,d rows/s",
                report.learningRate(),
                report.seconds(),
                Math.round(report.rowsPerSecond())));
        out.println(line);
    }

    private static void append(StringBuilder line, Map<String, Double> metrics) {
        metrics.forEach((name, value) -> line.append(String.format(Locale.ROOT, " %s %.4f", name, value)));
    }

    @Override
    public void finished(TrainingSummary summary) {
        close();
        print(
                "%s: %s, %s in %.1f s",
                summary.reason(), count(summary.epochs(), "epoch"), count(summary.steps(), "step"), summary.seconds());
    }

    private static String count(long number, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", number, noun, number == 1 ? "" : "s");
    }

    private void print(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }

    /** Removes the bar, also after a failure; lines can still be printed. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
