package dev.lockstep.spark.ml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lockstep.nn.spec.SpecMapper;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The rows of a summary of classes, counted: how much weight has which prediction and which label. As many rows as
 * there are such pairs say the same as all rows, so these are what is saved.
 */
final class ClassCounts implements Serializable {
    private static final long serialVersionUID = 1L;

    static final String PREDICTION = "prediction";
    static final String LABEL = "label";
    static final String WEIGHT = "weight";

    /** Prediction, label and weight each. */
    private final double[][] pairs;

    private ClassCounts(double[][] pairs) {
        this.pairs = pairs;
    }

    /**
     * Counts rows.
     *
     * @param columns the names of their columns: prediction, label, weight; a weight that is not there is 1
     */
    static ClassCounts of(Dataset<Row> predictions, List<String> columns) {
        boolean weighted = List.of(predictions.columns()).contains(columns.get(2));
        List<Row> rows = predictions
                .select(
                        Columns.of(columns.get(0)).cast(DataTypes.DoubleType).as(PREDICTION),
                        Columns.of(columns.get(1)).cast(DataTypes.DoubleType).as(LABEL),
                        (weighted ? Columns.of(columns.get(2)) : functions.lit(1))
                                .cast(DataTypes.DoubleType)
                                .as(WEIGHT))
                .groupBy(PREDICTION, LABEL)
                .agg(functions.sum(WEIGHT))
                .orderBy(PREDICTION, LABEL)
                .collectAsList();
        return new ClassCounts(rows.stream()
                .map(row -> new double[] {row.getDouble(0), row.getDouble(1), row.getDouble(2)})
                .toArray(double[][]::new));
    }

    /** The pairs as rows with the columns {@link #PREDICTION}, {@link #LABEL} and {@link #WEIGHT}. */
    Dataset<Row> rows(SparkSession spark) {
        List<Row> rows = new ArrayList<>();
        for (double[] pair : pairs) {
            rows.add(RowFactory.create(pair[0], pair[1], pair[2]));
        }
        return spark.createDataFrame(
                rows,
                new StructType()
                        .add(PREDICTION, DataTypes.DoubleType, false)
                        .add(LABEL, DataTypes.DoubleType, false)
                        .add(WEIGHT, DataTypes.DoubleType, false));
    }

    /** As a file has them. */
    String text() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (double[] pair : pairs) {
            list.addArray().add(pair[0]).add(pair[1]).add(pair[2]);
        }
        return list + "\n";
    }

    /**
     * What {@link #text} wrote.
     *
     * @throws IOException if it is not JSON
     */
    static ClassCounts parse(String text) throws IOException {
        JsonNode list = SpecMapper.json().readTree(text);
        double[][] pairs = new double[list.size()][3];
        for (int i = 0; i < pairs.length; i++) {
            for (int j = 0; j < 3; j++) {
                pairs[i][j] = list.path(i).path(j).doubleValue();
            }
        }
        return new ClassCounts(pairs);
    }
}
