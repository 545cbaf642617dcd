package dev.lockstep.spark.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.feature.CountVectorizer;
import org.apache.spark.ml.feature.Imputer;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.RegexTokenizer;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;

/**
 * What people write with spark.ml for the same table: imputed numbers, one-hot names, counted words, then a classifier
 * with its defaults.
 */
final class RivalPipelines {
    private static final String LABEL = "__label";
    private static final String FEATURES = "__features";
    /** Texts of more words than that, on average, are no names. */
    private static final int WORDS_OF_A_TEXT = 4;

    /** What stands for a missing name: spark.ml cannot do with an empty one. */
    private static final String NONE = "none";

    private static final int MOST_WORDS = 1000;
    private static final int HIDDEN = 64;

    private final SparkSession spark;
    private final String label;

    RivalPipelines(SparkSession spark, String label) {
        this.spark = spark;
        this.label = label;
    }

    /** A fitted pipeline. */
    final class Fitted {
        private final PipelineModel preparation;
        private final PipelineModel classifier;
        private final BenchTables.Way way;

        private Fitted(BenchTables.Way way, PipelineModel preparation, PipelineModel classifier) {
            this.way = way;
            this.preparation = preparation;
            this.classifier = classifier;
        }

        /** The rows of a test. */
        List<BenchTables.Scored> scored(Path test) {
            Dataset<Row> predicted = classifier.transform(prepared(preparation, read(test), way));
            List<BenchTables.Scored> scored = new ArrayList<>();
            for (Row row : predicted.select(LABEL, "prediction", "probability").collectAsList()) {
                Vector probability = row.getAs(2);
                double expected = row.getDouble(0);
                scored.add(new BenchTables.Scored(expected == row.getDouble(1), probability.apply(1), expected == 1));
            }
            return scored;
        }
    }

    private Dataset<Row> read(Path file) {
        Dataset<Row> rows = spark.read()
                .option("header", true)
                .option("inferSchema", true)
                .option("nullValue", "?")
                .option("multiLine", true)
                .option("escape", "\"")
                .csv(file.toString());
        for (StructField field : rows.schema().fields()) {
            rows = field.dataType() instanceof NumericType
                    ? rows.withColumn(field.name(), functions.col(field.name()).cast("double"))
                    : rows.withColumn(
                            field.name(), functions.coalesce(functions.col(field.name()), functions.lit(NONE)));
        }
        return rows;
    }

    /** Trains on the rows of a file. */
    Fitted fit(BenchTables.Way way, Path train) {
        Dataset<Row> rows = read(train).cache();
        PipelineModel preparation = new Pipeline()
                .setStages(preparation(rows).toArray(PipelineStage[]::new))
                .fit(rows);
        Dataset<Row> prepared =
                prepared(preparation, rows, way).select(LABEL, FEATURES).cache();
        int width = prepared.select(FEATURES).head().<Vector>getAs(0).size();
        PipelineModel classifier = new Pipeline()
                .setStages(new PipelineStage[] {classifier(way, width)})
                .fit(prepared);
        return new Fitted(way, preparation, classifier);
    }

    /** With dense vectors for XGBoost, which takes what a sparse one leaves out as missing. */
    private static Dataset<Row> prepared(PipelineModel preparation, Dataset<Row> rows, BenchTables.Way way) {
        Dataset<Row> prepared = preparation.transform(rows);
        return way == BenchTables.Way.XGBOOST ? XgBoost.dense(prepared, FEATURES) : prepared;
    }

    private List<PipelineStage> preparation(Dataset<Row> rows) {
        List<PipelineStage> stages = new ArrayList<>();
        stages.add(new StringIndexer().setInputCol(label).setOutputCol(LABEL).setStringOrderType("alphabetAsc"));
        List<String> parts = new ArrayList<>();
        for (StructField field : rows.schema().fields()) {
            String name = field.name();
            if (name.equals(label)) {
                continue;
            }
            String part = "__" + name;
            parts.add(part);
            if (field.dataType() instanceof NumericType) {
                stages.add(new Imputer().setInputCols(new String[] {name}).setOutputCols(new String[] {part}));
            } else if (words(rows, name) > WORDS_OF_A_TEXT) {
                stages.add(new RegexTokenizer()
                        .setInputCol(name)
                        .setOutputCol(part + "_words")
                        .setPattern("[^\\p{L}\\p{N}]+"));
                stages.add(new CountVectorizer()
                        .setInputCol(part + "_words")
                        .setOutputCol(part)
                        .setVocabSize(MOST_WORDS));
            } else {
                stages.add(new StringIndexer()
                        .setInputCol(name)
                        .setOutputCol(part + "_index")
                        .setHandleInvalid("keep"));
                stages.add(new OneHotEncoder().setInputCol(part + "_index").setOutputCol(part));
            }
        }
        stages.add(
                new VectorAssembler().setInputCols(parts.toArray(String[]::new)).setOutputCol("__all"));
        stages.add(new StandardScaler().setInputCol("__all").setOutputCol(FEATURES));
        return stages;
    }

    private static double words(Dataset<Row> rows, String column) {
        return rows.select(functions.avg(functions.size(functions.split(functions.col(column), " "))))
                .head()
                .getDouble(0);
    }

    private static Estimator<?> classifier(BenchTables.Way way, int width) {
        return switch (way) {
            case LOGISTIC -> new LogisticRegression().setLabelCol(LABEL).setFeaturesCol(FEATURES);
            case PERCEPTRON ->
                new MultilayerPerceptronClassifier()
                        .setLabelCol(LABEL)
                        .setFeaturesCol(FEATURES)
                        .setLayers(new int[] {width, HIDDEN, HIDDEN, 2})
                        .setSeed(1);
            case TREES -> new GBTClassifier().setLabelCol(LABEL).setFeaturesCol(FEATURES);
            case XGBOOST -> XgBoost.classifier(LABEL, FEATURES);
            case LOCKSTEP -> throw new IllegalArgumentException("no rival");
        };
    }
}
