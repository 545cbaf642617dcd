package dev.lockstep.spark.describe;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.lockstep.nn.data.column.ColumnProfile;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.spec.Nearest;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.GuessedColumns;
import dev.lockstep.spark.ingest.TableProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A job file to begin with for a table that nobody has said anything of but which column is to be predicted. Its rules:
 *
 * <ul>
 *   <li>a label of names, truth values or at most {@link #MOST_CLASSES} whole numbers from 0 is a class; others are
 *       numbers, which training sees standardised;
 *   <li>columns have the types that their cells suggest;
 *   <li>two layers of 64 units, of 128 from {@link #MANY_ROWS} rows on, with a dropout of 0.1;
 *   <li>a batch of about a fiftieth of the rows, a power of two from 16 to 256;
 *   <li>at most 100 epochs, fewer if the loss of a fifth of the rows, set aside, has not fallen for 10.
 * </ul>
 */
public final class JobDraft {
    static final int MOST_CLASSES = 20;
    static final long MANY_ROWS = 10_000;

    private static final int ROWS_A_BATCH = 50;
    private static final int LEAST_BATCH = 16;
    private static final int MOST_BATCH = 256;

    private JobDraft() {}

    /**
     * The lines of the file.
     *
     * @param source the rows
     * @param label the column to predict
     * @param output the directory of the model
     * @throws JobException if the column does not exist, or nothing can be predicted of it
     */
    public static List<String> lines(TableProfile table, SourceSpec source, String label, String output) {
        int column = table.columns().indexOf(label);
        if (column < 0) {
            throw new JobException("--label " + Excerpt.of(label), Nearest.hint(label, table.columns(), "columns"));
        }
        ColumnProfile target = table.column(column);
        if (target.missing() > 0) {
            throw new JobException(
                    "--label " + Excerpt.of(label),
                    target.missing() + " of " + table.rows() + " rows have none; expected only rows with a label");
        }
        Integer classes = classes(target);
        GuessedColumns guessed = GuessedColumns.of(
                source.path(),
                table,
                IntStream.range(0, table.columns().size())
                        .filter(other -> other != column)
                        .boxed()
                        .toList());
        List<String> lines = new ArrayList<>();
        lines.add("# " + String.format(Locale.ROOT, "%,d", table.rows()) + " rows; written by lockstep init.");
        lines.add("data:");
        lines.add("  train: " + source(source, label));
        lines.add("  validation: 0.2            # a fifth of the rows, chosen by a hash of their cells");
        if (classes == null) {
            lines.add("  scaleTarget: standardise   # predictions stay in the unit of the label");
        }
        lines.add("  columns:                   # what the cells suggest; all types are in docs/job-file.md");
        guessed.columns().lines().forEach(line -> lines.add("    " + line));
        notes(guessed).forEach(note -> lines.add("    # " + note));
        int units = table.rows() < MANY_ROWS ? 64 : 128;
        lines.add("model:");
        lines.add("  layers:");
        for (int layer = 0; layer < 2; layer++) {
            lines.add("    - dense: {units: " + units + ", activation: relu}");
            lines.add("    - dropout: 0.1");
        }
        lines.add("    - dense: " + (classes == null ? "1" : classes + "                 # the classes"));
        lines.add("  loss: " + (classes == null ? "meanSquaredError" : "crossEntropy"));
        lines.add("optimizer: {adam: {learningRate: 0.001}}");
        lines.add("train:");
        lines.add("  epochs: 100");
        lines.add("  batchSize: " + batch(table.rows()));
        lines.add("  earlyStopping: {metric: validationLoss, patience: 10}");
        lines.add("output: {dir: " + text(output) + "}");
        return lines;
    }

    /** How many classes a label has; null if it is a number. */
    private static @Nullable Integer classes(ColumnProfile label) {
        Integer distinct = label.distinct();
        if (label.isNumbers()) {
            boolean indexes = distinct != null
                    && distinct <= MOST_CLASSES
                    && label.least() == 0
                    && label.greatest() == distinct - 1;
            return indexes ? distinct : null;
        }
        return distinct;
    }

    private static List<String> notes(GuessedColumns guessed) {
        List<String> notices = guessed.notices();
        return notices.subList(2 + guessed.columns().byName().size(), notices.size());
    }

    private static String source(SourceSpec source, String label) {
        StringBuilder line = new StringBuilder("{path: ").append(text(source.path()));
        if (source.format() != null) {
            line.append(", format: ").append(source.format().name().toLowerCase(Locale.ROOT));
        }
        if (source.header() != null) {
            line.append(", header: ").append(source.header());
        }
        if (source.delimiter() != null) {
            line.append(", delimiter: ").append(text(source.delimiter()));
        }
        if (source.encoding() != null) {
            line.append(", encoding: ").append(text(source.encoding()));
        }
        if (source.isMultiLine()) {
            line.append(", multiLine: true");
        }
        if (source.decimal() != null) {
            line.append(", decimal: ").append(text(source.decimal()));
        }
        if (source.reader() != null) {
            line.append(", reader: ").append(text(source.reader()));
        }
        return line.append(", label: ").append(text(label)).append('}').toString();
    }

    private static String text(String text) {
        return SpecMapper.flow(TextNode.valueOf(text));
    }

    private static long batch(long rows) {
        long batch = LEAST_BATCH;
        while (batch < MOST_BATCH && 2 * batch * ROWS_A_BATCH <= rows) {
            batch *= 2;
        }
        return batch;
    }
}
