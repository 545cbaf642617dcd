package dev.lockstep.spark.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.spec.Nearest;
import dev.lockstep.spark.config.JobFile;
import java.util.ArrayList;
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

    /** The columns of the features: those that were set, rather than those that are the default. */
    static List<String> features(NeuralNetworkFeatureParams<?> params) {
        boolean several = params.isDefined(params.featuresCols())
                && (params.isSet(params.featuresCols()) || !params.isSet(params.featuresCol()));
        return several ? List.of(params.getFeaturesCols()) : List.of(params.getFeaturesCol());
    }

    /** The columns of an estimator's features: those that have types, where these are listed. */
    static List<String> trained(NeuralNetworkTrainingParams<?> params) {
        if (params.isDefined(params.columns())
                && JobFile.part(params.getColumns(), params.uid() + ": columns") instanceof ObjectNode typed) {
            List<String> names = new ArrayList<>();
            typed.fieldNames().forEachRemaining(names::add);
            return names;
        }
        return features(params);
    }

    /** Whether rows have weights. */
    static boolean weighted(NeuralNetworkTrainingParams<?> params) {
        return params.isDefined(params.weightCol()) && !params.getWeightCol().isEmpty();
    }

    /** A column by a name that may hold dots. */
    static Column of(String name) {
        return functions.col("`" + name.replace("`", "``") + "`");
    }

    /**
     * Checks that the columns of the features are there.
     *
     * @param typed whether they have types, which say themselves what their cells may be
     */
    static void checkFeatures(
            NeuralNetworkFeatureParams<?> params, List<String> features, boolean typed, StructType schema) {
        String param = params.isDefined(params.featuresCols()) ? "featuresCols" : "featuresCol";
        if (features.isEmpty()) {
            throw new IllegalArgumentException(params.uid() + ": featuresCols: expected at least one column, got none");
        }
        for (String name : features) {
            DataType type = field(params, param, name, schema).dataType();
            boolean vector = type.equals(SQLDataTypes.VectorType());
            boolean numbers = type instanceof ArrayType array && isNumber(array.elementType());
            if (!typed && !vector && !numbers && !isNumber(type)) {
                throw wrong(params, param, name, "a vector, an array of numbers or a number (columns has types)", type);
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
