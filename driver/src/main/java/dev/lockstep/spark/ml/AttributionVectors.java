package dev.lockstep.spark.ml;

import dev.lockstep.spark.predict.AttributionCells;
import dev.lockstep.spark.predict.CellSink;
import java.util.Arrays;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;

/**
 * A row's parts as one cell: a vector with a number a column, or an array of such vectors, one a class or a number that
 * is predicted.
 */
final class AttributionVectors implements AttributionCells {
    private static final long serialVersionUID = 1L;

    private final int outputs;
    private final int columns;
    private final Kind kind;

    /** What the cell holds. */
    enum Kind {
        /** A vector, of the one output. */
        VECTOR,
        /** A vector an output. */
        VECTORS,
        /** Two vectors of a single output, for class 0 its negative. */
        TWO_CLASSES
    }

    AttributionVectors(int outputs, int columns, Kind kind) {
        this.outputs = outputs;
        this.columns = columns;
        this.kind = kind;
    }

    /**
     * The field of the cells.
     *
     * @param single whether a cell is one vector
     */
    static StructField field(String name, boolean single) {
        return new StructField(
                name,
                single ? SQLDataTypes.VectorType() : DataTypes.createArrayType(SQLDataTypes.VectorType(), false),
                true,
                Metadata.empty());
    }

    @Override
    public int width() {
        return 1;
    }

    @Override
    public void write(double[] parts, int from, CellSink out) {
        if (kind == Kind.VECTOR) {
            out.vector(columns);
            for (int i = 0; i < columns; i++) {
                out.element(parts[from + i]);
            }
            return;
        }
        Vector[] vectors = new Vector[outputs];
        for (int i = 0; i < outputs; i++) {
            int begin = from + i * columns;
            vectors[i] = new DenseVector(Arrays.copyOfRange(parts, begin, begin + columns));
        }
        out.cell(kind == Kind.VECTORS ? vectors : new Vector[] {negative(vectors[0]), vectors[0]});
    }

    private static Vector negative(Vector vector) {
        return new DenseVector(
                Arrays.stream(vector.toArray()).map(value -> -value).toArray());
    }
}
