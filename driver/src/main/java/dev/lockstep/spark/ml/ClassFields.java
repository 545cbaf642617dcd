package dev.lockstep.spark.ml;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;

/** The fields of the columns that predictions of classes come as, in the order of {@link ClassCells}. */
final class ClassFields {
    private ClassFields() {}

    /**
     * The fields of an estimator, which does not know the classes yet.
     *
     * @param raw name of the column of raw outputs
     * @param probability name of the column of probabilities
     */
    static List<StructField> of(NeuralNetworkClassUncertainty<?> params, String raw, String probability) {
        return of(params, List.of(raw, probability), Metadata.empty(), Metadata.empty());
    }

    /**
     * The fields of a model.
     *
     * @param labels names of the classes; empty: they have none
     */
    static List<StructField> of(NeuralNetworkClassificationModel model, int classes, String[] labels) {
        NominalAttribute attribute = NominalAttribute.defaultAttr();
        NominalAttribute described =
                labels.length == 0 ? attribute.withNumValues(classes) : attribute.withValues(labels);
        return of(
                model,
                List.of(model.getRawPredictionCol(), model.getProbabilityCol()),
                new AttributeGroup("classes", classes).toMetadata(),
                described.toMetadata());
    }

    private static List<StructField> of(
            NeuralNetworkClassUncertainty<?> params, List<String> vectors, Metadata ofVectors, Metadata ofPrediction) {
        List<StructField> fields = new ArrayList<>();
        for (String name : vectors) {
            if (!name.isEmpty()) {
                fields.add(new StructField(name, SQLDataTypes.VectorType(), true, ofVectors));
            }
        }
        if (!params.getPredictionCol().isEmpty()) {
            fields.add(new StructField(params.getPredictionCol(), DataTypes.DoubleType, true, ofPrediction));
        }
        for (String name : List.of(params.getEntropyCol(), params.getMutualInformationCol())) {
            if (!name.isEmpty()) {
                fields.add(new StructField(name, DataTypes.DoubleType, true, Metadata.empty()));
            }
        }
        if (!params.getAttributionsCol().isEmpty()) {
            fields.add(AttributionVectors.field(params.getAttributionsCol(), false));
        }
        return fields;
    }
}
