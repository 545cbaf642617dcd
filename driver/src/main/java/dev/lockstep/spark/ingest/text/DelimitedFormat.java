package dev.lockstep.spark.ingest.text;

import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.ingest.IngestException;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The format of delimited text. Travels to the executors.
 *
 * @param delimiter one character, or {@code whitespace}
 * @param encoding the name of the character set; null: UTF-8
 * @param multiLine whether fields in quotes may hold line breaks
 * @param decimalComma whether numbers have a comma before their fraction
 */
public record DelimitedFormat(String delimiter, @Nullable String encoding, boolean multiLine, boolean decimalComma)
        implements Serializable {
    /** Checks that there is such a format. */
    public DelimitedFormat {
        TextLines.charset(encoding);
    }

    /**
     * Whether numbers have a comma before their fraction.
     *
     * @param decimal as a job file has it; null: a point
     * @throws IngestException if it is neither a comma nor a point
     */
    public static boolean isComma(@Nullable String decimal) {
        if (decimal == null || decimal.equals(".")) {
            return false;
        }
        if (!decimal.equals(",")) {
            throw new IngestException("decimal: expected \",\" or \".\", got " + Excerpt.quoted(decimal));
        }
        return true;
    }
}
