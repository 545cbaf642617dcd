package dev.lockstep.spark.ml;

import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The flowers of {@code conf/examples}, as MLlib's programs have their samples. */
final class Flowers {
    /** Where they lie as LibSVM. */
    static final Path LIBSVM = Path.of("..", "conf", "examples", "data", "flowers.libsvm");
    /** Where they lie as CSV: four numbers of a flower, its colour, its kind. */
    static final Path CSV = Path.of("..", "conf", "examples", "data", "flowers.csv");

    private Flowers() {}

    /** A label from 0 to 2 and a vector of four features. */
    static Dataset<Row> vectors(SparkSession spark) {
        return spark.read().format("libsvm").option("numFeatures", "4").load(LIBSVM.toString());
    }

    /** The columns {@code petal, sepal, stem, leaf, colour} and the text {@code kind}. */
    static Dataset<Row> table(SparkSession spark) {
        return spark.read()
                .option("header", "true")
                .option("inferSchema", "true")
                .csv(CSV.toString());
    }

    /** A small classifier of vectors: one hidden layer. */
    static NeuralNetworkClassifier classifier() {
        return new NeuralNetworkClassifier()
                .setLayers(4, 8, 3)
                .setMaxIter(6)
                .setBatchSize(16)
                .setStepSize(0.05)
                .setShards(4)
                .setSettings("data.scale=standardise", "sync.transport=driver");
    }
}
