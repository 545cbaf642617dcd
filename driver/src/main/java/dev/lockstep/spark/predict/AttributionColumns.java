package dev.lockstep.spark.predict;

import dev.lockstep.nn.model.AttributionReadout;
import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Each part of a row in a column of its own: {@code attribution_age}, or {@code attribution_CLASS_age}. */
final class AttributionColumns implements AttributionCells {
    private static final long serialVersionUID = 1L;

    /** A table of more columns is of no use to anybody. */
    private static final int MOST = 5000;

    private final int width;

    private AttributionColumns(int width) {
        this.width = width;
    }

    /**
     * The columns.
     *
     * @throws IllegalArgumentException if there are too many
     */
    static AttributionColumns of(AttributionReadout attributions) {
        int width = attributions.names().size();
        if (width > MOST) {
            throw new IllegalArgumentException("attributions: expected at most " + MOST
                    + " columns, got " + attributions.outputs().size() + " outputs with "
                    + attributions.columns().columns().size()
                    + " columns each; attributionsCol of spark.ml returns vectors instead");
        }
        return new AttributionColumns(width);
    }

    /** A table's columns with the new ones behind them. */
    static StructType addTo(StructType table, AttributionReadout attributions) {
        StructType wider = table;
        for (String name : attributions.names()) {
            if (List.of(table.fieldNames()).contains(name)) {
                throw new IllegalArgumentException("the input already has a column " + name
                        + ", which attributions are written to; rename it or leave it out");
            }
            wider = wider.add(name, DataTypes.FloatType);
        }
        return wider;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public void write(double[] parts, int from, CellSink out) {
        for (int i = 0; i < width; i++) {
            out.cell((float) parts[from + i]);
        }
    }
}
