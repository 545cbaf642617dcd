package dev.lockstep.spark.cli;

import dev.lockstep.spark.config.SourceSpec;
import picocli.CommandLine.Option;

/** Options that say how a table is written. */
final class TableOptions {
    @Option(names = "--format", description = "Format of the table: csv, parquet or table. Default: by its name.")
    private SourceSpec.Format format;

    @Option(
            names = "--header",
            arity = "1",
            paramLabel = "true|false",
            description = "Whether the first line of a csv file names the columns. Default: true.")
    private Boolean header;

    @Option(names = "--delimiter", description = "What separates the fields of a csv file. Default: a comma.")
    private String delimiter;

    @Option(names = "--encoding", description = "Character set of a csv file. Default: UTF-8.")
    private String encoding;

    @Option(names = "--multi-line", description = "Whether quoted fields of a csv file can contain line breaks.")
    private boolean multiLine;

    @Option(
            names = "--decimal",
            paramLabel = "CHARACTER",
            description = "Decimal separator of a csv file: a point or a comma. Default: a point.")
    private String decimal;

    @Option(
            names = "--reader",
            description = "The reader of Spark for the path: orc, json, avro, delta and so on. Default: none.")
    private String reader;

    /** A source with these options. */
    SourceSpec source(String path) {
        return new SourceSpec(
                path,
                format,
                null,
                null,
                null,
                null,
                header,
                delimiter,
                null,
                null,
                null,
                reader,
                null,
                null,
                encoding,
                multiLine ? Boolean.TRUE : null,
                decimal);
    }
}
