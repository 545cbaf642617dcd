package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.column.ColumnProfile;
import dev.lockstep.nn.data.column.ColumnSpec;
import dev.lockstep.nn.data.column.ColumnsSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The types of a table's columns as their cells suggest them: {@code data.columns: auto}.
 *
 * @param columns the types
 * @param notices the types as lines of a job file, and which columns are left out
 */
public record GuessedColumns(ColumnsSpec columns, List<String> notices) {
    /**
     * Guesses the types of the columns that a request means.
     *
     * @throws IngestException if no column is left
     */
    public static GuessedColumns of(Tables tables, SourceRequest request) {
        TableProfile table = TableProfile.of(tables, request.spec());
        Columns columns = new Columns(request.name(), table.columns());
        ColumnRoles roles = ColumnRoles.of(request, columns);
        return of(request.name(), table, roles.features());
    }

    /**
     * Guesses the types of some columns of a table.
     *
     * @param source what errors call the table
     * @param chosen numbers of the columns
     */
    public static GuessedColumns of(String source, TableProfile table, List<Integer> chosen) {
        Map<String, ColumnSpec> types = new LinkedHashMap<>();
        List<String> notices = new ArrayList<>();
        for (int number : chosen) {
            String name = table.columns().get(number);
            ColumnProfile.Suggestion suggestion = table.column(number).suggestion();
            @Nullable ColumnSpec type = suggestion.type();
            if (type != null) {
                types.put(name, type);
            }
            if (!suggestion.reason().isEmpty()) {
                notices.add(Columns.called(name) + (type == null ? " is left out: it " : ": ") + suggestion.reason());
            }
        }
        if (types.isEmpty()) {
            throw new IngestException(source + ": no column is left for the features; " + String.join("; ", notices));
        }
        ColumnsSpec columns = ColumnsSpec.of(types);
        List<String> all = new ArrayList<>(
                List.of("data.columns: auto stands for these lines, which you can paste" + " into the job file:"));
        all.add("  columns:");
        columns.lines().forEach(line -> all.add("    " + line));
        all.addAll(notices);
        return new GuessedColumns(columns, all);
    }
}
