package dev.lockstep.spark.ingest;

import java.io.Serializable;
import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;

/** The rows of a data frame: Parquet files, or whatever a program has. */
final class TableSource implements Source {
    private static final String FILE = "__lockstep_file";
    private static final String ROW = "__lockstep_row";

    private final Dataset<Row> table;
    private final CursorPlan plan;
    private final SourceDescription description;

    private TableSource(Dataset<Row> table, boolean located, SourceRequest request) {
        List<String> names = new ArrayList<>(List.of(table.columns()));
        if (located) {
            names.removeAll(List.of(FILE, ROW));
        }
        Columns columns = new Columns(request.name(), names);
        int file = located ? table.schema().fieldIndex(FILE) : SparkReader.fileColumn(request.spec(), names);
        ColumnRoles roles = ColumnRoles.of(request, columns);
        TableInputs inputs = null;
        if (request.isTyped()) {
            this.description = SourceDescription.ofTypes(request, columns, roles, file >= 0);
        } else {
            inputs = TableInputs.of(request.name(), table, roles.features(), NumberColumn.of(columns, roles.length()));
            if (inputs.width() == 0) {
                throw new IngestException(request.name() + ": no rows");
            }
            this.description =
                    SourceDescription.ofColumns(request, columns, roles, inputs.width(), inputs.names(), file >= 0);
        }
        this.table = table;
        this.plan = new CursorPlan(
                request.name(),
                inputs,
                ColumnRoles.numbers(roles.features()),
                roles.labels().stream()
                        .map(label -> NumberColumn.of(columns, label))
                        .toList(),
                NumberColumn.of(columns, roles.weight()),
                roles.split(),
                description.labelled(),
                request.targets().classes(roles.labels().size()),
                file,
                located ? table.schema().fieldIndex(ROW) : -1);
    }

    /** Parquet files, whose rows Spark numbers. */
    static TableSource parquet(SparkSession spark, SourceRequest request) {
        Dataset<Row> table = spark.read().parquet(request.spec().path());
        Dataset<Row> located = table.withColumns(
                Map.of(FILE, functions.col("_metadata.file_path"), ROW, functions.col("_metadata.row_index")));
        return new TableSource(NestedColumns.flat(located), true, request);
    }

    /** A data frame; the request's path is what errors call it. */
    static TableSource of(Dataset<Row> table, SourceRequest request) {
        return new TableSource(NestedColumns.flat(table), false, request);
    }

    @Override
    public SourceDescription description() {
        return description;
    }

    @Override
    public <T> JavaRDD<T> read(PartitionReader<T> reader) {
        CursorPlan cursors = plan;
        return table.javaRDD()
                .mapPartitionsWithIndex(
                        (partition, rows) -> {
                            Supplier<RowCursor> cursor = () -> new Cursor(rows, cursors);
                            return reader.read(partition, List.of(cursor).iterator());
                        },
                        true);
    }

    /**
     * What a cursor has to know; travels to the executors.
     *
     * @param name what errors call the table
     * @param inputs reads the features and the valid steps; null where the columns have types
     * @param features the columns of the features
     * @param labels the columns of what is to be predicted
     * @param weight null: every row weighs 1
     * @param split the column that decides which rows are set aside, or -1
     * @param labelled whether the one label is the name of a class
     * @param classes for each of these its classes; null where it holds a number
     * @param file the column of a row's file, or -1
     * @param row the column of its number there, or -1: where files are known, each is a row
     */
    private record CursorPlan(
            String name,
            @Nullable TableInputs inputs,
            int[] features,
            List<NumberColumn> labels,
            @Nullable NumberColumn weight,
            int split,
            boolean labelled,
            @Nullable ClassIndex[] classes,
            int file,
            int row)
            implements Serializable {}

    /** Reads the rows of a partition. */
    private static final class Cursor implements RowCursor {
        private final Iterator<Row> rows;
        private final CursorPlan plan;
        private @Nullable Row current;
        private long row = -1;

        Cursor(Iterator<Row> rows, CursorPlan plan) {
            this.rows = rows;
            this.plan = plan;
        }

        @Override
        public boolean next() {
            if (!rows.hasNext()) {
                row++;
                return false;
            }
            Row next = rows.next();
            current = next;
            row = plan.row >= 0 ? next.getLong(plan.row) : plan.file >= 0 ? 0 : row + 1;
            return true;
        }

        @Override
        public void read(RawRow raw) throws RowException {
            Row cells = Objects.requireNonNull(current);
            if (plan.inputs != null) {
                plan.inputs.read(cells, raw);
            } else {
                for (int i = 0; i < plan.features.length; i++) {
                    raw.cells[i] = SparkImage.cell(cells.get(plan.features[i]));
                }
            }
            if (plan.labelled) {
                readLabel(raw, cells, plan.labels.get(0));
            } else {
                for (int i = 0; i < raw.validTargets(); i++) {
                    raw.targets[i] = target(raw, cells, i);
                }
            }
            if (plan.weight != null) {
                raw.weight = plan.weight.read(cells);
            }
            if (plan.split >= 0) {
                raw.splitCell = cells.get(plan.split);
            }
        }

        private double target(RawRow raw, Row cells, int number) throws RowException {
            NumberColumn column = plan.labels.get(number);
            ClassIndex classes = plan.classes[number];
            if (classes == null) {
                return column.read(cells);
            }
            readLabel(raw, cells, column);
            return classes.find(raw.label(), column.name());
        }

        private static void readLabel(RawRow raw, Row cells, NumberColumn label) throws RowException {
            Object cell = cells.get(label.index());
            if (cell == null || cell instanceof String text && text.isBlank()) {
                throw new RowException(label.name(), "expected a label, got nothing");
            }
            if (cell instanceof String || cell instanceof Boolean) {
                raw.label(cell.toString().strip());
            } else {
                raw.label(label.read(cells));
            }
        }

        @Override
        public long row() {
            return row;
        }

        @Override
        public String file() {
            if (plan.file < 0 || current == null) {
                return plan.name;
            }
            String file = current.getString(plan.file);
            return DataFiles.shown(plan.row < 0 ? new Path(file) : new Path(URI.create(file)));
        }

        @Override
        public void close() {}
    }
}
