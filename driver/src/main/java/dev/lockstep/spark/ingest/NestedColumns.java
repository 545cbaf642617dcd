package dev.lockstep.spark.ingest;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Columns inside of columns: {@code a.b} is field {@code b} of column {@code a}, to any depth. Images as Spark's reader
 * of them gives them stay whole.
 */
final class NestedColumns {
    private NestedColumns() {}

    private static boolean isNested(StructField field) {
        return field.dataType() instanceof StructType type && !SparkImage.is(type);
    }

    /** The names of the fields of all structures. */
    static List<String> names(StructType type) {
        List<String> names = new ArrayList<>();
        for (StructField field : type.fields()) {
            if (isNested(field)) {
                collect((StructType) field.dataType(), field.name() + ".", names);
            }
        }
        return names;
    }

    private static void collect(StructType type, String prefix, List<String> names) {
        for (StructField field : type.fields()) {
            if (isNested(field)) {
                collect((StructType) field.dataType(), prefix + field.name() + ".", names);
            } else {
                names.add(prefix + field.name());
            }
        }
    }

    /** The table with their fields in place of structures. */
    static Dataset<Row> flat(Dataset<Row> table) {
        return select(table, false);
    }

    /** The table with the fields of structures behind its own columns, but for the last one. */
    static Dataset<Row> wider(Dataset<Row> table) {
        return select(table, true);
    }

    private static Dataset<Row> select(Dataset<Row> table, boolean whole) {
        if (names(table.schema()).isEmpty()) {
            return table;
        }
        List<Column> columns = new ArrayList<>();
        List<Column> behind = new ArrayList<>();
        for (StructField field : table.schema().fields()) {
            boolean nested = isNested(field);
            if (whole || !nested) {
                columns.add(functions.col(quoted(field.name())));
            }
            if (nested) {
                add((StructType) field.dataType(), quoted(field.name()), field.name(), whole ? behind : columns);
            }
        }
        columns.addAll(whole ? columns.size() - 1 : columns.size(), behind);
        return table.select(columns.toArray(Column[]::new));
    }

    private static void add(StructType type, String path, String name, List<Column> columns) {
        for (StructField field : type.fields()) {
            String fieldPath = path + "." + quoted(field.name());
            String fieldName = name + "." + field.name();
            if (isNested(field)) {
                add((StructType) field.dataType(), fieldPath, fieldName, columns);
            } else {
                columns.add(functions.col(fieldPath).as(fieldName));
            }
        }
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
