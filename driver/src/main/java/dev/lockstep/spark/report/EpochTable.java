package dev.lockstep.spark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The epochs of a training as lines of a table that is at most {@value #WIDTH} columns wide. */
final class EpochTable {
    /** What a terminal or a page of a log shows without breaking lines. */
    static final int WIDTH = 100;

    private static final int NUMBER = 10;
    private static final int RATE = 10;
    private static final int SPEED = 12;
    private static final int TIME = 8;

    /** A cell below its title, both set flush right. */
    private record Cell(String title, int width, String text) {
        static Cell of(String title, double value) {
            return new Cell(title, Math.max(NUMBER, title.length() + 2), figure(value));
        }
    }

    private final int epochs;
    private double least = Double.POSITIVE_INFINITY;

    /** A table of a training of so many epochs at most. */
    EpochTable(int epochs) {
        this.epochs = epochs;
    }

    /** The line above the lines of epochs that have the same figures as this one. */
    String header(EpochReport report) {
        StringBuilder line = new StringBuilder(pad(name(epochs).length()));
        cells(report).forEach(cell -> append(line, cell.width(), cell.title()));
        return line.toString();
    }

    /** The line of an epoch; a star marks the best one so far. */
    String line(EpochReport report) {
        StringBuilder line = new StringBuilder(name(report.epoch()));
        line.append(pad(name(epochs).length() - line.length()));
        cells(report).forEach(cell -> append(line, cell.width(), cell.text()));
        return isBest(report) ? line + " *" : line.toString().stripTrailing();
    }

    private boolean isBest(EpochReport report) {
        Double loss = report.validationLoss();
        boolean best = loss != null && loss < least;
        least = best && loss != null ? loss : least;
        return best;
    }

    private List<Cell> cells(EpochReport report) {
        List<Cell> cells = new ArrayList<>();
        add(cells, "", report.loss(), report.metrics());
        if (report.validationLoss() != null) {
            add(cells, "val ", report.validationLoss(), report.validationMetrics());
        }
        if (report.divergence() != null) {
            cells.add(Cell.of("kl", report.divergence()));
        } else {
            cells.add(new Cell("rate", RATE, String.format(Locale.ROOT, "%.2e", report.learningRate())));
        }
        cells.add(new Cell("rows/s", SPEED, String.format(Locale.ROOT, "%,d", Math.round(report.rowsPerSecond()))));
        cells.add(new Cell("time", TIME, Durations.of(report.seconds())));
        int left = epochs - report.epoch();
        cells.add(new Cell("left", TIME, left <= 0 ? "" : Durations.of(left * report.seconds())));
        return cells;
    }

    private static void add(List<Cell> cells, String prefix, @Nullable Double loss, Map<String, Double> metrics) {
        cells.add(Cell.of(prefix + "loss", loss == null ? Double.NaN : loss));
        metrics.forEach((name, value) -> cells.add(Cell.of(prefix + name, value)));
    }

    private String name(int epoch) {
        return "epoch " + epoch + "/" + epochs;
    }

    /** Four digits behind the point, where they say something. */
    private static String figure(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size != 0 && size < 1e-3 || size >= 1e4 ? "%.2e" : "%.4f", value);
    }

    private static void append(StringBuilder line, int width, String text) {
        line.append(pad(width - text.length())).append(text);
    }

    private static String pad(int columns) {
        return " ".repeat(Math.max(0, columns));
    }
}
