package dev.lockstep.spark.ml;

import dev.lockstep.nn.spec.Nearest;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns that a stage's Params name, found and checked in a schema before any row is read. */
final class Columns {
    private Columns() {}

    /** The columns of the features. */
    static List<String> features(NeuralNetworkFeatureParams<?> params) {
        return params.isDefined(params.featuresCols())
                ? List.of(params.getFeaturesCols())
                : List.of(params.getFeaturesCol());
    }

    /** Whether rows have weights. */
    static boolean weighted(NeuralNetworkTrainingParams<?> params) {
        return params.isDefined(params.weightCol()) && !params.getWeightCol().isEmpty();
    }

    /** A column by a name that may hold dots. */
    static Column of(String name) {
        return functions.col("`" + name.replace("`", "``") + "`");
    }

    /** Checks what {@code transform} needs. */
    static void checkFeatures(NeuralNetworkFeatureParams<?> params, StructType schema) {
        String param = params.isDefined(params.featuresCols()) ? "featuresCols" : "featuresCol";
        if (features(params).isEmpty()) {
            throw new IllegalArgumentException(params.uid() + ": featuresCols: expected at least one column, got none");
        }
        for (String name : features(params)) {
            DataType type = field(params, param, name, schema).dataType();
            boolean vector = type.equals(SQLDataTypes.VectorType());
            boolean numbers = type instanceof ArrayType array && isNumber(array.elementType());
            if (!vector && !numbers && !isNumber(type)) {
                throw wrong(params, param, name, "a vector, an array of numbers or a number", type);
            }
        }
    }

    /** Checks what {@code fit} needs beside the features. */
    static void checkTraining(NeuralNetworkTrainingParams<?> params, List<String> labels, StructType schema) {
        for (String label : labels) {
            checkNumber(params, labels.size() == 1 ? "labelCol" : "labelCols", label, schema);
        }
        if (weighted(params)) {
            checkNumber(params, "weightCol", params.getWeightCol(), schema);
        }
        if (params.isSet(params.validationIndicatorCol())) {
            String name = params.getValidationIndicatorCol();
            DataType type =
                    field(params, "validationIndicatorCol", name, schema).dataType();
            if (!(type instanceof BooleanType)) {
                throw wrong(params, "validationIndicatorCol", name, "boolean", type);
            }
        }
    }

    private static void checkNumber(
            NeuralNetworkFeatureParams<?> params, String param, String name, StructType schema) {
        DataType type = field(params, param, name, schema).dataType();
        if (!(type instanceof NumericType)) {
            throw wrong(params, param, name, "a number (StringIndexer makes one of a text)", type);
        }
    }

    private static boolean isNumber(DataType type) {
        return type instanceof NumericType || type instanceof BooleanType;
    }

    /** The field that a Param names. */
    static StructField field(NeuralNetworkFeatureParams<?> params, String param, String name, StructType schema) {
        List<String> names = Arrays.asList(schema.fieldNames());
        if (!names.contains(name)) {
            throw new IllegalArgumentException(params.uid() + ": " + param + ": there is no column \"" + name + "\"; "
                    + Nearest.hint(name, names, "columns"));
        }
        return schema.apply(name);
    }

    private static IllegalArgumentException wrong(
            NeuralNetworkFeatureParams<?> params, String param, String name, String expected, DataType type) {
        return new IllegalArgumentException(params.uid() + ": " + param + ": expected column \"" + name + "\" to be "
                + expected + ", got " + type.simpleString());
    }

    /** A schema with a field behind it. */
    static StructType with(StructType schema, StructField field, NeuralNetworkFeatureParams<?> params) {
        if (Arrays.asList(schema.fieldNames()).contains(field.name())) {
            throw new IllegalArgumentException(params.uid() + ": there already is a column \"" + field.name()
                    + "\", which predictions are written to; expected another name for one of the two");
        }
        return schema.add(field);
    }
}
