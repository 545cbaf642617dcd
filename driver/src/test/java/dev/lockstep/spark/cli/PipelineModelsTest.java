package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.ml.NeuralNetworkClassificationModel;
import dev.lockstep.spark.ml.NeuralNetworkClassifier;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The commands on models that spark.ml has saved. */
@Tag("compat")
class PipelineModelsTest extends SparkTest {
    @Test
    void theCommandsReadWhatAPipelineSaved() throws IOException {
        Dataset<Row> rows = spark.sql("select id as x, 20 - id as y, cast(id > 9 as int) as label from range(20)");
        NeuralNetworkClassifier classifier = new NeuralNetworkClassifier()
                .setFeaturesCols("x", "y")
                .setLayers(2, 2)
                .setMaxIter(2)
                .setShards(2);
        PipelineModel model =
                new Pipeline().setStages(new PipelineStage[] {classifier}).fit(rows);
        Path saved = directory.resolve("pipeline");
        model.save(saved.toString());
        Path stage = saved.resolve("stages").resolve("0_" + classifier.uid());
        String sha256 = ((NeuralNetworkClassificationModel) model.stages()[0]).sha256();
        assertThat(CommandLineRun.of("inspect", stage.toString()).out()).contains(sha256);
        Path input = write("rows.csv", "x,y\n1,19\n15,5\n");
        Path output = directory.resolve("predictions");
        CommandLineRun run = CommandLineRun.of(
                "predict",
                stage.toString(),
                "--input",
                input.toString(),
                "--output",
                output.toString(),
                "--format",
                "csv",
                "--header",
                "true");
        assertThat(run.err()).doesNotContain("error");
        assertThat(run.code()).isZero();
        assertThat(spark.read().option("header", true).csv(output.toString()).columns())
                .containsExactly("x", "y", "prediction", "probability", "probability_0", "probability_1");
    }
}
