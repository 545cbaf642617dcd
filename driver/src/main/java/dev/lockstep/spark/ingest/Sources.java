package dev.lockstep.spark.ingest;

import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.config.Names;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.config.SourceSpec.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Opens what a job file names. */
public final class Sources {
    private static final Pattern IDX = Pattern.compile(".*idx[0-9]?(-.*)?");
    private static final Set<String> CSV = Set.of("csv", "tsv");
    private static final Set<Format> TABLES = Set.of(Format.CSV, Format.PARQUET, Format.TABLE, Format.SPARK);
    /** Of these no files are known. */
    private static final Set<Format> WITHOUT_FILES = Set.of(Format.TABLE, Format.SPARK);

    /** For example {@code orc.`/data/rows`}. */
    private static final Pattern FILES_AS_TABLE = Pattern.compile("[A-Za-z][A-Za-z0-9]*\\.`[^`]+`");

    private static final Set<String> LIBSVM = Set.of("libsvm", "svm", "svmlight");

    private Sources() {}

    /** Opens a source that names no data frame of a program. */
    public static Source open(SparkSession spark, SourceRequest asked) {
        return open(Tables.of(spark), asked);
    }

    /**
     * Opens a source.
     *
     * @param tables those that it can name
     * @throws IngestException if there is none, or it does not have what is asked for
     */
    public static Source open(Tables tables, SourceRequest asked) {
        SparkSession spark = tables.spark();
        SourceRequest request = asked.completed(resolve(spark, asked.spec(), asked.known()));
        List<FileStatus> files = files(spark, request.spec());
        checkSettings(request, files);
        return switch (request.spec().format()) {
            case CSV -> new CsvSource(spark, request, files);
            case LIBSVM -> new LibSvmSource(spark, request, files);
            case IDX -> new IdxSource(spark, request, files);
            case TEXT -> new TextSource(spark, request, files);
            case PARQUET -> TableSource.parquet(spark, request);
            case TABLE -> TableSource.of(tables.table(request.spec()), request);
            case SPARK -> TableSource.of(SparkReader.open(spark, request.spec()), request);
        };
    }

    /**
     * Refuses a job whose files are not there, before Spark is started for it. Of tables, and of what Spark's readers
     * read, no files are known.
     *
     * @throws IngestException if there are none
     */
    public static void check(DataSpec data, Configuration configuration) {
        check(data.train(), data.train(), configuration);
        if (data.validation() != null && data.validation().source() != null) {
            check(data.validation().source(), data.train(), configuration);
        }
        if (data.test() != null) {
            check(data.test(), data.train(), configuration);
        }
    }

    /**
     * The same for some of the rows.
     *
     * @param spec which rows
     * @param training gives the format that it does not name
     */
    public static void check(SourceSpec spec, SourceSpec training, Configuration configuration) {
        Format format = format(spec, format(training, null));
        if (format != null && WITHOUT_FILES.contains(format)) {
            return;
        }
        DataFiles.check(configuration, spec.path());
        if (spec.rows() != null) {
            DataFiles.check(configuration, spec.rows());
        }
        if (format == Format.IDX && spec.label() != null) {
            DataFiles.check(configuration, spec.label().toString());
        }
    }

    private static @Nullable Format format(SourceSpec spec, @Nullable Format training) {
        if (spec.format() == null && spec.reader() != null) {
            return Format.SPARK;
        }
        return spec.format() == null ? training : spec.format();
    }

    /**
     * The paths that rows are read from: the source's own, and those of its files; for a table those of its files
     * alone, as far as Spark knows them.
     *
     * @param source which rows; what it leaves out is as in training
     * @param schema how the training rows were understood
     * @throws IngestException if there are none
     */
    public static List<String> paths(SparkSession spark, SourceSpec source, DataSchema schema) {
        SourceSpec completed = resolve(spark, source, schema);
        if (completed.format() == Format.SPARK) {
            return List.of(SparkReader.open(spark, completed).inputFiles());
        }
        if (completed.format() == Format.TABLE) {
            return List.of(table(spark, completed).inputFiles());
        }
        List<String> paths = new ArrayList<>(List.of(source.path()));
        for (FileStatus file : files(spark, completed)) {
            paths.add(file.getPath().toString());
        }
        return paths;
    }

    /** The files behind a path; none where it names a table. */
    static List<FileStatus> files(SparkSession spark, SourceSpec spec) {
        return spec.format() != null && WITHOUT_FILES.contains(spec.format())
                ? List.of()
                : DataFiles.list(spark.sessionState().newHadoopConf(), spec.path());
    }

    /** The table or view that a path names. */
    static Dataset<Row> table(SparkSession spark, SourceSpec spec) {
        String name = spec.path();
        try {
            // Files that SQL names by their format are in no catalog.
            if (FILES_AS_TABLE.matcher(name).matches()) {
                return spark.table(name);
            }
            if (spark.catalog().tableExists(name)) {
                return spark.table(name);
            }
        } catch (Exception e) {
            throw new IngestException(name + ": cannot be read as a table: " + e.getMessage(), e);
        }
        throw new IngestException(name + ": the table or view does not exist");
    }

    /**
     * A spec that says all there is to say: its format is the one given, or the one that the name of the first file
     * tells, or that of the training data; the rest of what it leaves out is taken from the training data.
     *
     * @param training how the training data were understood; null for the training data themselves
     */
    static SourceSpec resolve(SparkSession spark, SourceSpec spec, @Nullable DataSchema training) {
        Format format = spec.format() == null && spec.reader() != null ? Format.SPARK : spec.format();
        String unknown = "its name";
        // A table's name does not show the format.
        if (format == null && (training == null || !isWithoutFiles(training.source()))) {
            FileStatus first = files(spark, spec).get(0);
            format = guess(first);
            unknown = first.isFile() && !first.getPath().getName().equals(new Path(spec.path()).getName())
                    ? "the name of its first file, " + DataFiles.shown(first.getPath()) + ","
                    : unknown;
        }
        if (format == null && training != null) {
            format = training.source().format();
        }
        if (format == null) {
            throw new IngestException(spec.path() + ": " + unknown
                    + " does not show the format; set format to one of csv, idx, libsvm,"
                    + " parquet, text, table, spark");
        }
        return completed(spec, format, training);
    }

    private static boolean isWithoutFiles(SourceSpec training) {
        return training.format() != null && WITHOUT_FILES.contains(training.format());
    }

    /** The same rows in the format that the name of their path tells, where they have none. */
    static SourceSpec withFormat(SourceSpec spec) {
        Format format = format(spec, guess(unzipped(new Path(spec.path()).getName())));
        return format == spec.format()
                ? spec
                : new SourceSpec(
                        spec.path(),
                        format,
                        spec.label(),
                        spec.features(),
                        spec.weight(),
                        spec.length(),
                        spec.header(),
                        spec.delimiter(),
                        spec.shape(),
                        spec.classes(),
                        spec.rows(),
                        spec.reader(),
                        spec.options(),
                        spec.query(),
                        spec.encoding(),
                        spec.multiLine(),
                        spec.decimal());
    }

    private static String unzippedName(FileStatus file) {
        return unzipped(file.getPath().getName());
    }

    private static String unzipped(String file) {
        String name = file.toLowerCase(Locale.ROOT);
        return name.endsWith(".gz") ? name.substring(0, name.length() - ".gz".length()) : name;
    }

    private static String extension(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Whether a file's name says that it is delimited text. */
    static boolean isNamedAsCsv(FileStatus file) {
        return CSV.contains(extension(unzippedName(file)));
    }

    private static @Nullable Format guess(FileStatus file) {
        return guess(unzippedName(file));
    }

    private static @Nullable Format guess(String name) {
        String extension = extension(name);
        if (CSV.contains(extension)) {
            return Format.CSV;
        }
        if (LIBSVM.contains(extension)) {
            return Format.LIBSVM;
        }
        if (extension.equals("parquet")) {
            return Format.PARQUET;
        }
        return IDX.matcher(name).matches() ? Format.IDX : null;
    }

    /**
     * Takes from the training data all but which rows, what only one format knows where the formats differ, and for idx
     * the labels, which belong to another file. Columns with names are those of the same names, wherever they are.
     */
    private static SourceSpec completed(SourceSpec spec, Format format, @Nullable DataSchema schema) {
        SourceSpec training = schema == null ? spec : schema.source();
        boolean sameFormat = format == training.format();
        boolean idx = format == Format.IDX || training.format() == Format.IDX;
        boolean columns = !idx && format != Format.LIBSVM && training.format() != Format.LIBSVM;
        boolean otherLabels = idx && !spec.path().equals(training.path());
        Boolean header = spec.header() == null && sameFormat ? training.header() : spec.header();
        boolean named = columns && (format != Format.CSV || header == null || header);
        Names label = schema != null && named && !schema.labelColumns().isEmpty()
                ? Names.of(schema.labelColumns())
                : training.label();
        Names features = schema != null && named && !schema.featureColumns().isEmpty()
                ? Names.of(schema.featureColumns())
                : training.features();
        return new SourceSpec(
                spec.path(),
                format,
                spec.label() != null || otherLabels ? spec.label() : label,
                spec.features() == null && columns ? features : spec.features(),
                spec.weight() == null && columns ? training.weight() : spec.weight(),
                spec.length() == null && columns ? training.length() : spec.length(),
                header,
                spec.delimiter() == null && sameFormat ? training.delimiter() : spec.delimiter(),
                spec.shape() == null ? training.shape() : spec.shape(),
                spec.classes() == null ? training.classes() : spec.classes(),
                spec.rows(),
                spec.reader() == null && sameFormat ? training.reader() : spec.reader(),
                spec.reader() == null && spec.options() == null && sameFormat ? training.options() : spec.options(),
                spec.query() == null && sameFormat ? training.query() : spec.query(),
                spec.encoding() == null && sameFormat ? training.encoding() : spec.encoding(),
                spec.multiLine() == null && sameFormat ? training.multiLine() : spec.multiLine(),
                spec.decimal() == null && sameFormat ? training.decimal() : spec.decimal());
    }

    private static void checkSettings(SourceRequest request, List<FileStatus> files) {
        SourceSpec spec = request.spec();
        Format format = Objects.requireNonNull(spec.format());
        if (request.isTyped() && !TABLES.contains(format)) {
            throw new IngestException(spec.path() + ": data.columns gives types to the columns of a table, this is "
                    + format.name().toLowerCase(Locale.ROOT));
        }
        if (format != Format.CSV && (spec.delimiter() != null || spec.header() != null)) {
            throw new IngestException(spec.path() + ": header and delimiter are for csv files, this is "
                    + format.name().toLowerCase(Locale.ROOT));
        }
        if (format != Format.CSV && (spec.encoding() != null || spec.multiLine() != null || spec.decimal() != null)) {
            throw new IngestException(spec.path() + ": encoding, multiLine and decimal are for csv files, this is "
                    + format.name().toLowerCase(Locale.ROOT));
        }
        if (format != Format.SPARK && (spec.reader() != null || spec.options() != null || spec.query() != null)) {
            throw new IngestException(spec.path() + ": reader, options and query are for the format spark, this is "
                    + format.name().toLowerCase(Locale.ROOT));
        }
        if (!request.targets().columns().isEmpty() && !TABLES.contains(format)) {
            throw new IngestException(spec.path() + ": the heads of model.loss name columns of a table, this is "
                    + format.name().toLowerCase(Locale.ROOT));
        }
        if (request.splitColumn() != null && !TABLES.contains(format)) {
            throw new IngestException(
                    spec.path() + ": data.validation: group and time name a column of a table, this is "
                            + format.name().toLowerCase(Locale.ROOT));
        }
        if (spec.length() != null && !TABLES.contains(format)) {
            throw new IngestException(spec.path() + ": length names a column of a table, this is "
                    + format.name().toLowerCase(Locale.ROOT));
        }
        if (spec.rows() != null && format != Format.IDX && files.size() != 1) {
            throw new IngestException(
                    spec.path() + ": rows are numbered within one file, expected 1 file, got " + files.size());
        }
    }
}
