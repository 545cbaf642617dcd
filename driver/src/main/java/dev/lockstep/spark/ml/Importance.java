package dev.lockstep.spark.ml;

import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.train.ColumnImportance;
import dev.lockstep.spark.config.Names;
import dev.lockstep.spark.config.OnError;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.Tables;
import dev.lockstep.spark.train.ModelImportance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The importance of a model's columns as a data frame. */
final class Importance {
    private static final StructType TYPE = new StructType()
            .add("column", DataTypes.StringType, false)
            .add("lossIncrease", DataTypes.DoubleType, false)
            .add("lossIncreaseDeviation", DataTypes.DoubleType, false)
            .add("scoreLoss", DataTypes.DoubleType, false)
            .add("scoreLossDeviation", DataTypes.DoubleType, false)
            .add("scoreLossByClass", DataTypes.createArrayType(DataTypes.DoubleType, false), true);

    private Importance() {}

    /**
     * Measures.
     *
     * @param rows with their targets
     * @param params which columns hold the features
     */
    static Dataset<Row> of(
            Dataset<?> rows, NeuralNetworkFeatureParams<?> params, SavedModel model, ModelImportance.Options options) {
        DataSchema known = DataSchema.of(model.description());
        List<String> labels = known.labelColumns().size() > 1 ? known.labelColumns() : List.of(params.getLabelCol());
        SourceSpec source = new SourceSpec(
                FitJob.ROWS,
                SourceSpec.Format.TABLE,
                Names.of(labels),
                Names.of(Columns.features(params)),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        Tables tables = new Tables(rows.sparkSession(), Map.of(FitJob.ROWS, rows.toDF()));
        List<ColumnImportance> measured = new ModelImportance(tables, model, notice -> {})
                .of(source, params.getHandleInvalid().equals("error") ? OnError.FAIL : OnError.SKIP, options);
        List<Row> table = new ArrayList<>();
        measured.stream()
                .sorted(Comparator.comparingDouble(column -> -column.loss().mean()))
                .forEach(column -> table.add(row(column)));
        return rows.sparkSession().createDataFrame(table, TYPE);
    }

    private static Row row(ColumnImportance column) {
        Double[] classes =
                column.classes().stream().map(ColumnImportance.Figure::mean).toArray(Double[]::new);
        return RowFactory.create(
                column.column(),
                column.loss().mean(),
                column.loss().deviation(),
                column.score().mean(),
                column.score().deviation(),
                classes.length == 0 ? null : classes);
    }
}
