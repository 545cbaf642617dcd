package dev.lockstep.spark.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.lockstep.nn.tensor.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The source of rows, and the meaning of its columns: {@code data.train}, {@code data.validation} and {@code data.test}
 * of a job file. A bare string stands for {@code {path: ...}}. What is not given is null; validation and test data then
 * take it from the training data (except {@code rows}, and the path of the labels of another idx file).
 *
 * <p>Columns are called by name, or by their number from 0 where there are no names (a name that exists comes first).
 * Features and labels that the training data give by number are found by their names elsewhere, if they have names.
 *
 * @param path a file, a directory or a glob pattern on any Hadoop file system; for {@code idx} the images; for
 *     {@code table} a table or view that the Spark session knows
 * @param format how the files are written; null: {@code spark} where there is a reader, else guessed from the name
 *     ({@code .csv}, {@code .tsv}, {@code .libsvm}, {@code .svm}, {@code .parquet}, {@code *idx*}; {@code .gz} behind
 *     it is ignored)
 * @param label the column of the class or of the value to predict; several columns for several values; for {@code idx}
 *     the file of the labels. Null: none, which only prediction allows (LibSVM brings its label in the first column,
 *     and idx files with the usual names find theirs)
 * @param features columns, or inclusive ranges of them such as {@code "0..12"} or {@code "pixel0..pixel783"}; null: all
 *     that are neither label, weight nor length; none of these may be given, except labels if all features are labels.
 *     For LibSVM one number: how many features there are
 * @param weight the column of the row's weight; null: every row weighs 1
 * @param length the column of how many steps of a row's sequence are valid, from 0 to the first dimension of the shape;
 *     null: all
 * @param header csv only: whether the first line of each file names the columns; null: true
 * @param delimiter csv only: one character, or {@code whitespace} for any run of spaces and tabs; null: a comma (a tab
 *     in {@code .tsv} files)
 * @param shape the shape of a row's features, for example {@code [28, 28, 1]}; null: that of the idx file (one channel
 *     where it has none), else flat. For text {@code [steps]}, how many characters a row has
 * @param classes how many classes there are (one number), or their names in the order of their indexes; null:
 *     discovered
 * @param rows a text file of row numbers from 0 (of the one file that {@code path} then names, blank lines and the
 *     header not counted): only these rows are taken, each once; null: all
 * @param reader spark only: the name of the reader, as {@code spark.read().format} takes it. Without a path it reads
 *     what its options say
 * @param options spark only: options of the reader; null: none
 * @param query spark only: SQL over what was read, which it calls {@code rows}; null: all of it
 * @param encoding csv only: the character set, for example {@code ISO-8859-1}; null: UTF-8
 * @param multiLine csv only: whether fields in quotes may hold line breaks; null: false
 * @param decimal csv only: what separates the fraction of a number, a point or a comma; null: a point
 */
public record SourceSpec(
        String path,
        @Nullable Format format,
        @Nullable Names label,
        @Nullable Names features,
        @Nullable String weight,
        @Nullable String length,
        @Nullable Boolean header,
        @Nullable String delimiter,
        @Nullable Shape shape,
        @Nullable Names classes,
        @Nullable String rows,
        @Nullable String reader,
        @Nullable Map<String, String> options,
        @Nullable String query,
        @Nullable String encoding,
        @Nullable Boolean multiLine,
        @Nullable String decimal) {
    /** Takes copies. */
    public SourceSpec {
        path = path == null && reader != null ? reader : path;
        options = options == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /** Rows that no reader of Spark reads. */
    public SourceSpec(
            String path,
            @Nullable Format format,
            @Nullable Names label,
            @Nullable Names features,
            @Nullable String weight,
            @Nullable String length,
            @Nullable Boolean header,
            @Nullable String delimiter,
            @Nullable Shape shape,
            @Nullable Names classes,
            @Nullable String rows) {
        this(
                path, format, label, features, weight, length, header, delimiter, shape, classes, rows, null, null,
                null, null, null, null);
    }

    /** Whether fields in quotes may hold line breaks. */
    public boolean isMultiLine() {
        return multiLine != null && multiLine;
    }

    /** Whether a reader is to find the rows without a path. */
    public boolean isWithoutPath() {
        return path.equals(reader);
    }

    /** Format of the files. */
    public enum Format {
        /** The raw idx files of MNIST and its kin, plain or gzipped: one of images, one of labels. */
        IDX,
        /** Text, a row a line. */
        CSV,
        /** Text, {@code label index:value index:value ...} a line, indexes from 1 and increasing. */
        LIBSVM,
        /** Parquet with numeric, array or vector columns. */
        PARQUET,
        /** UTF-8 text, of which each character's successor is to be predicted; never guessed from a name. */
        TEXT,
        /** Whatever a reader of Spark reads: orc, json, avro, jdbc, delta, iceberg and so on. Never guessed. */
        SPARK,
        /** No files, but a table of Spark's catalog or a view of a data frame; columns as in Parquet. Never guessed. */
        TABLE
    }

    /** What a bare string in a job file stands for: a path, all else left to be guessed. */
    @JsonCreator
    public static SourceSpec ofPath(String path) {
        return new SourceSpec(path, null, null, null, null, null, null, null, null, null, null);
    }
}
