package dev.lockstep.spark.ingest;

import java.io.Serializable;
import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** The rows of a data frame: Parquet files, or whatever a program has. */
final class TableSource implements Source {
    private static final String FILE = "__lockstep_file";
    private static final String ROW = "__lockstep_row";

    private final String name;
    private final Dataset<Row> table;
    private final boolean located;
    private final Columns columns;
    private final SourceRequest.Roles roles;
    private final TableFeatures features;
    private final Targets targets;

    private TableSource(String name, Dataset<Row> table, boolean located, SourceRequest request) {
        this.name = name;
        this.located = located;
        List<String> names = new ArrayList<>(List.of(table.columns()));
        if (located) {
            names.removeAll(List.of(FILE, ROW));
        }
        this.columns = new Columns(name, names);
        this.roles = request.resolve(columns);
        this.targets = request.targets();
        this.table = table;
        this.features = TableFeatures.of(name, table, roles.features());
    }

    /** Parquet files, whose rows Spark numbers. */
    static TableSource parquet(SparkSession spark, SourceRequest request) {
        Dataset<Row> table = spark.read().parquet(request.spec().path());
        Dataset<Row> located = table.withColumns(
                Map.of(FILE, functions.col("_metadata.file_path"), ROW, functions.col("_metadata.row_index")));
        return new TableSource(request.spec().path(), located, true, request);
    }

    /** A data frame; the request's path is what errors call it. */
    static TableSource of(Dataset<Row> table, SourceRequest request) {
        return new TableSource(request.spec().path(), table, false, request);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int width() {
        return features.width();
    }

    @Override
    public List<String> featureColumns() {
        return columns.names(roles.features());
    }

    @Override
    public List<String> labelColumns() {
        return columns.names(roles.labels());
    }

    @Override
    public int outputs() {
        return roles.labels().size();
    }

    @Override
    public boolean weighted() {
        return roles.weight() >= 0;
    }

    @Override
    public boolean sequences() {
        return roles.length() >= 0;
    }

    @Override
    public boolean rowsCountWithinFile() {
        return located;
    }

    @Override
    public JavaRDD<Packed> pack(PackPlan plan) {
        CursorPlan cursors = new CursorPlan(this);
        return table.javaRDD()
                .mapPartitionsWithIndex(
                        (partition, rows) -> {
                            Supplier<RowCursor> cursor = () -> new Cursor(rows, cursors);
                            return new Packer(plan, partition, List.of(cursor).iterator());
                        },
                        true);
    }

    /** What a cursor has to know; travels to the executors. */
    private static final class CursorPlan implements Serializable {
        private static final long serialVersionUID = 1L;

        private final String name;
        private final TableFeatures features;
        private final int[] labels;
        private final String[] labelNames;
        private final int weight;
        private final String weightName;
        private final int length;
        private final String lengthName;
        private final boolean classes;
        /** The columns of a row's file and of its number there, or -1. */
        private final int file;

        private final int row;

        CursorPlan(TableSource source) {
            this.name = source.name;
            this.features = source.features;
            this.labels =
                    source.roles.labels().stream().mapToInt(column -> column).toArray();
            this.labelNames =
                    source.labelColumns().stream().map(Columns::called).toArray(String[]::new);
            this.weight = source.roles.weight();
            this.weightName =
                    weight < 0 ? null : Columns.called(source.columns.names().get(weight));
            this.length = source.roles.length();
            this.lengthName =
                    length < 0 ? null : Columns.called(source.columns.names().get(length));
            this.classes = source.targets == Targets.CLASS;
            this.file = source.located ? source.table.schema().fieldIndex(FILE) : -1;
            this.row = source.located ? source.table.schema().fieldIndex(ROW) : -1;
        }
    }

    /** Reads the rows of a partition. */
    private static final class Cursor implements RowCursor {
        private final Iterator<Row> rows;
        private final CursorPlan plan;
        private Row current;
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
            current = rows.next();
            row = plan.row < 0 ? row + 1 : current.getLong(plan.row);
            return true;
        }

        @Override
        public void read(RawRow raw) throws RowException {
            plan.features.read(current, raw.features);
            if (plan.classes) {
                readLabel(raw);
            } else {
                for (int i = 0; i < plan.labels.length; i++) {
                    raw.targets[i] = Cells.number(current, plan.labels[i], plan.labelNames[i]);
                }
            }
            if (plan.weight >= 0) {
                raw.weight = Cells.number(current, plan.weight, plan.weightName);
            }
            if (plan.length >= 0) {
                raw.length = Cells.number(current, plan.length, plan.lengthName);
            }
        }

        private void readLabel(RawRow raw) throws RowException {
            if (current.get(plan.labels[0]) instanceof String text) {
                if (text.isBlank()) {
                    throw new RowException(plan.labelNames[0], "expected a label, got nothing");
                }
                raw.label(text.strip());
            } else {
                raw.label(Cells.number(current, plan.labels[0], plan.labelNames[0]));
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
            return DataFiles.shown(new Path(URI.create(current.getString(plan.file))));
        }

        @Override
        public void close() {}
    }
}
