package dev.lockstep.spark.ml;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;

/** The fields of the columns that predictions of numbers come as, in the order of {@link NumberCells}. */
final class NumberFields {
    private NumberFields() {}

    /**
     * The fields.
     *
     * @param numbers how many are predicted: with more than one, each column holds a vector
     */
    static List<StructField> of(NeuralNetworkNumberUncertainty<?> params, int numbers) {
        DataType type = numbers == 1 ? DataTypes.DoubleType : SQLDataTypes.VectorType();
        List<StructField> fields = new ArrayList<>();
        for (String name : List.of(
                params.getPredictionCol(),
                params.getStandardDeviationCol(),
                params.getAleatoricDeviationCol(),
                params.getEpistemicDeviationCol(),
                params.getLower95Col(),
                params.getUpper95Col())) {
            if (!name.isEmpty()) {
                fields.add(new StructField(name, type, true, Metadata.empty()));
            }
        }
        if (!params.getAttributionsCol().isEmpty()) {
            fields.add(AttributionVectors.field(params.getAttributionsCol(), numbers == 1));
        }
        return fields;
    }
}
