package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.column.ColumnSpec;
import dev.lockstep.nn.data.column.ColumnSummary;
import dev.lockstep.nn.data.column.ColumnsSpec;
import dev.lockstep.nn.data.column.RowReader;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The types of a table's feature columns. Travels to the executors.
 *
 * @param names of the columns
 * @param specs their types, as many
 * @param nulls texts that stand for missing cells; see {@link RowReader}
 */
public record ColumnTypes(
        List<String> names,
        List<ColumnSpec> specs,
        @Nullable List<String> nulls) implements Serializable {
    /** Takes copies that can travel. */
    public ColumnTypes {
        names = List.copyOf(names);
        specs = List.copyOf(specs);
    }

    /**
     * The types that a job gives.
     *
     * @throws IngestException if a column does not exist
     */
    static ColumnTypes of(ColumnsSpec spec, @Nullable List<String> nulls, Columns columns) {
        List<String> names = new ArrayList<>();
        List<ColumnSpec> specs = new ArrayList<>();
        spec.byName().forEach((reference, type) -> {
            for (int column : columns.findAll(List.of(reference), ROLE)) {
                names.add(columns.names().get(column));
                specs.add(type);
            }
        });
        return new ColumnTypes(names, specs, nulls);
    }

    /** What errors call columns with types. */
    static final String ROLE = "features (data.columns)";

    /**
     * Reads rows of these columns, in one thread.
     *
     * @param lenient whether cells that their columns cannot take count as missing
     */
    public RowReader reader(boolean lenient) {
        return new RowReader(names, specs, nulls, lenient);
    }

    /** Summaries of no rows, a column each. */
    public List<ColumnSummary> summaries() {
        return new ArrayList<>(specs.stream().map(ColumnSpec::summary).toList());
    }
}
