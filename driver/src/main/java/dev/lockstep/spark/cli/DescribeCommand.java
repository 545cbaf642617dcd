package dev.lockstep.spark.cli;

import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.describe.TableText;
import dev.lockstep.spark.ingest.GuessedColumns;
import dev.lockstep.spark.ingest.Sources;
import dev.lockstep.spark.ingest.TableProfile;
import dev.lockstep.spark.ingest.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep describe}: what lies in the columns of a table. */
@Command(
        name = "describe",
        mixinStandardHelpOptions = true,
        description = "Show what the columns of a table contain and which types suit them.")
final class DescribeCommand extends SparkCommand {
    @ArgGroup(multiplicity = "1")
    private Rows rows;

    /** One of the two. */
    private static final class Rows {
        @Parameters(paramLabel = "PATH", description = "A file, a directory, a pattern, or the name of a table.")
        private String path;

        @Option(names = "--job", paramLabel = "JOB.yaml", description = "A job file, whose training rows to describe.")
        private String job;
    }

    @Mixin
    private TableOptions table;

    DescribeCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() {
        SourceSpec source = rows.path == null ? job(rows.job, List.of()).data().train() : table.source(rows.path);
        Sources.check(source, source, configuration());
        TableProfile profile = TableProfile.of(Tables.of(session("describe " + source.path())), source);
        List<Integer> all = IntStream.range(0, profile.columns().size()).boxed().toList();
        List<String> suggested = GuessedColumns.of(source.path(), profile, all).notices();
        List<String> lines = new ArrayList<>(TableText.lines(profile));
        lines.add("suggested types; remove the column to predict:");
        lines.addAll(suggested.subList(1, suggested.size()));
        print(TableText.json(profile), lines);
        return 0;
    }
}
