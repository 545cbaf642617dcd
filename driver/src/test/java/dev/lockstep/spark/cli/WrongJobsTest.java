package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A job that cannot train says so in one line. */
class WrongJobsTest extends ExampleJobs {
    @Test
    void badRowsAreOneLine() throws IOException {
        Path job = example("csv");
        List<String> rows = Files.readAllLines(EXAMPLES.resolve("data/flowers.csv"));
        Path bad = temporary.resolve("bad.csv");
        String path = "data.train.path=" + bad;

        rows.set(7, "1.0,2.0,NaN,0.3,1,alba");
        Files.write(bad, rows);
        fails(job, bad + ": row 6, column \"stem\": expected a finite number, got NaN", path);
        rows.set(7, "1.0,2.0,3.0,0.3,alba");
        Files.write(bad, rows);
        fails(job, bad + ": row 6, expected 6 fields, got 5", path);
        fails(
                job,
                temporary.resolve("none.csv") + ": no such file",
                "data.train.path=" + temporary.resolve("none.csv"));
    }

    @Test
    void whatDoesNotFitTogetherIsOneLine() throws IOException {
        Path job = example("libsvm");
        fails(job, "crossEntropy: the network's output is [2], the data has 3 classes", "model.layers.1.dense=2");
        fails(job, "model.layers: none of them has parameters, so there is nothing to train", "model.layers=[softmax]");
        CommandLineRun lone = train(
                job,
                "model.layers=[batchNorm, {dense: 3}]",
                "train.batchSize=8",
                "data.shards=8",
                "output.dir=" + temporary.resolve("lone"));
        assertThat(lone.err()).contains("note: batchNorm with statistics: shard has one row a step to normalise");
        assertThat(lone.err()).doesNotContain("is less than data.shards");
        CommandLineRun sparse =
                train(job, "train.batchSize=4", "data.shards=8", "output.dir=" + temporary.resolve("sparse"));
        assertThat(sparse.err()).contains("note: train.batchSize 4 is less than data.shards 8: all shards give a row");
        CommandLineRun run = train(example("parquet"), "optimizer={sgd: {learningRate: 3e38}}");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines().filter(line -> line.startsWith("error: ")))
                .singleElement()
                .asString()
                .contains("dense_2.bias is not finite", "after step 1", "learning rate");
        assertThat(Arrays.asList(temporary.resolve("model").toFile().list())).doesNotContain("model.json");
    }

    /** Parameters of 6.4 GB: an error of the JVM, not an exception. */
    @Test
    void tooLargeForTheHeapIsOneLine() throws IOException {
        fails(
                example("libsvm"),
                "out of memory (Java heap space); --driver-memory gives more",
                "model.layers.0.dense.units=200000000");
    }
}
