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
        fails(job, bad + ":8, column \"stem\": expected a finite number, got NaN", path);
        rows.set(7, "1.0,2.0,3.0,0.3,alba");
        Files.write(bad, rows);
        fails(job, bad + ":8, expected 6 fields, got 5", path);
        fails(
                job,
                temporary.resolve("none.csv") + ": no such file",
                "data.train.path=" + temporary.resolve("none.csv"));
    }

    /**
     * What the network can take is known before rows are read, so the row that it cannot take is named by its place.
     */
    @Test
    void rowsThatTheNetworkCannotTakeAreNamedByTheirPlace() throws IOException {
        String tokens = "{embedding: {vocabulary: 10, units: 2}}, flatten, {dense: 2}";
        Path good = rows("good.csv", "t0,t1,t2,y", "1,2,3,0", "9,0,5,1", "4,4,4,0");
        Path bad = rows("tokens.csv", "t0,t1,t2,y", "1,2,3,0", "9,0,10,1", "4,4,4,0");
        String place = bad + ":3, column \"t2\": expected a token index from 0 to 9 of embedding_1, got 10";
        fails(job(bad, "crossEntropy", tokens), place);
        Path job = job(good, "crossEntropy", tokens);
        fails(job, place, "data.validation.path=" + bad);
        fails(job, place, "data.test.path=" + bad);
        assertThat(train(job).code()).isZero();
        String model = temporary.resolve("model").toString();
        assertRefused(place, "evaluate", model, "--job", job.toString(), "--set", "data.test.path=" + bad);
        String output = temporary.resolve("out").toString();
        assertRefused(place, "predict", model, "--input", bad.toString(), "--output", output);
    }

    @Test
    void targetsThatTheLossCannotTakeAreNamedByTheirPlace() throws IOException {
        Path counts = rows("counts.csv", "x,y", "1,2", "2,-1", "3,0");
        fails(
                job(counts, "poisson", "{dense: 1}"),
                counts + ":3, column \"y\": expected a count of at least 0, got -1");
        Path answers = rows("answers.csv", "x,u,v", "1,0,1", "2,1,2", "3,0,0");
        fails(
                job(answers, "binaryCrossEntropy", "{dense: 2}"),
                answers + ":3, column \"v\": expected a target from 0 to 1, got 2",
                "data.train.label=[u, v]");
    }

    @Test
    void oneLabelOnlyIsSaid() throws IOException {
        Path same = rows("same.csv", "x,y", "1,0", "2,0", "3,0");
        assertThat(train(job(same, "crossEntropy", "{dense: 1}")).err())
                .contains("note: all training rows have the same label, 0 (3 rows), so there is nothing to learn");
    }

    /** By numbers, columns are found in a first line that is none of names, and a row is lost. */
    @Test
    void aFirstLineOfNumbersIsSaid() throws IOException {
        Path bare = rows("bare.csv", "5.1,3.5,0", "4.9,3.0,1", "6.2,2.9,0");
        String note = "note: " + bare + ": the first line names the columns, but contains numbers";
        Path job = job(bare, "crossEntropy", "{dense: 2}");
        assertThat(train(job, "data.train.label=2").err()).contains(note);
        CommandLineRun told =
                train(job, "data.train.label=2", "data.train.header=false", "output.dir=" + temporary.resolve("told"));
        assertThat(told.err()).doesNotContain("note:");
        Path counted = rows("counted.csv", "0,1,2", "5.1,3.5,0", "4.9,3.0,1", "6.2,2.9,0");
        CommandLineRun names = train(
                job(counted, "crossEntropy", "{dense: 2}"),
                "data.train.label=2",
                "output.dir=" + temporary.resolve("names"));
        assertThat(names.err()).doesNotContain("note:");
    }

    /** The area below the curve of one class does not exist, and JSON has no NaN. */
    @Test
    void aFigureThatDoesNotExistIsNull() throws IOException {
        Path two = rows("two.csv", "x,y", "1,0", "2,1", "3,0");
        Path one = rows("one.csv", "x,y", "1,0", "2,0");
        Path job = job(two, "crossEntropy", "{dense: 2}");
        assertThat(train(job).code()).isZero();
        String model = temporary.resolve("model").toString();
        CommandLineRun run = CommandLineRun.of(
                "evaluate", model, "--json", "--job", job.toString(), "--set", "data.test.path=" + one);
        assertThat(run.out()).contains("\"rocAuc\":null").doesNotContain("NaN");
    }

    @Test
    void csvHasNoPlaceForArrays() throws IOException {
        String table = temporary.resolve("arrays.parquet").toString();
        spark.sql("select array(id, id + 1) as f, id % 2 as y from range(6)")
                .write()
                .parquet(table);
        assertThat(train(job(Path.of(table), "crossEntropy", "{dense: 2}")).code())
                .isZero();
        assertRefused(
                "--output-format csv: column \"f\" is array<bigint>, but a csv cell holds one value; use"
                        + " --output-format parquet or json",
                "predict",
                temporary.resolve("model").toString(),
                "--input",
                table,
                "--output",
                temporary.resolve("out").toString());
    }

    /** Truth values are called so whichever format they stand in. */
    @Test
    void truthValuesAreTheSameLabelsInAnyFormat() throws IOException {
        String table = temporary.resolve("table.parquet").toString();
        spark.sql("select id as x, id > 2 as y from range(5)").write().parquet(table);
        Path job = job(Path.of(table), "crossEntropy", "{dense: 2}");
        assertThat(train(job).code()).isZero();
        String model = temporary.resolve("model").toString();
        assertThat(CommandLineRun.of("inspect", model).out()).contains("classes    2: false, true");
        for (String labels : List.of("false,true", "False,TRUE", "0,1")) {
            String[] two = labels.split(",", -1);
            Path words = rows("words.csv", "x,y", "1," + two[0], "7," + two[1]);
            CommandLineRun run =
                    CommandLineRun.of("evaluate", model, "--job", job.toString(), "--set", "data.test.path=" + words);
            assertThat(run.err()).isEmpty();
            assertThat(run.out()).startsWith("test rows 2 ");
        }
    }

    /** A word for nothing is no class, unless the job file says so. */
    @Test
    void missingLabelsAreNoClasses() throws IOException {
        for (String word : List.of("NA", "NaN", "null", "?")) {
            Path rows = rows("labels.csv", "x,y", "1,a", "2,b", "", "3," + word, "4,a");
            Path job = job(rows, "crossEntropy", "{dense: 2}");
            fails(
                    job,
                    rows + ":5, label: expected a class, got \"" + word + "\", which stands for a missing label;"
                            + " data.onError: skip leaves such rows out; if it is a class, list it in classes");
        }
        Path job = job(temporary.resolve("labels.csv"), "crossEntropy", "{dense: 3}");
        assertThat(train(job, "data.train.classes=[a, b, \"?\"]").code()).isZero();
    }

    /** Rows that cannot be used may be left out, in training, evaluation and prediction; it is said how many. */
    @Test
    void rowsThatCannotBeUsedMayBeLeftOut() throws IOException {
        Path rows = rows("skip.csv", "x,y,z", "1,0,2", "oops,1,3", "2,NA,1", "3,1,1", "4,0", "4,0,6");
        Path job = job(rows, "crossEntropy", "{dense: 2}");
        String said = "note: " + rows + ": 3 of 6 rows that cannot be used are left out (data.onError: skip); the"
                + " first one is " + rows + ":3, column \"x\": expected a number, got \"oops\"\n";
        CommandLineRun run = train(job, "data.onError=skip", "data.test.path=" + rows);
        assertThat(run.err()).contains(said);
        assertThat(run.out()).startsWith("test rows 3 ");
        String model = temporary.resolve("model").toString();
        CommandLineRun measured = CommandLineRun.of(
                "evaluate",
                model,
                "--job",
                job.toString(),
                "--set",
                "data.test.path=" + rows,
                "--set",
                "data.onError=skip");
        assertThat(measured.err()).isEqualTo(said);
        assertThat(measured.out()).startsWith("test rows 3 ");
        Path others = rows("others.csv", "x,z", "1,2", "oops,3", "4,6", "inf,6");
        for (String policy : List.of("skip", "null")) {
            Path output = temporary.resolve("out-" + policy);
            CommandLineRun predicted = CommandLineRun.of(
                    "predict",
                    model,
                    "--input",
                    others.toString(),
                    "--output",
                    output.toString(),
                    "--on-error",
                    policy);
            assertThat(predicted.err())
                    .startsWith("note: 2 rows "
                            + (policy.equals("skip") ? "are left out" : "have no predictions")
                            + ", which cannot be predicted; one of them is " + others + ":3, column \"x\": expected a"
                            + " number, got \"oops\"");
            List<String> written = spark
                    .read()
                    .option("header", true)
                    .csv(output.toString())
                    .select("x", "prediction")
                    .collectAsList()
                    .stream()
                    .map(row -> row.getString(0) + (row.isNullAt(1) ? " null" : ""))
                    .toList();
            assertThat(written)
                    .isEqualTo(policy.equals("skip") ? List.of("1", "4") : List.of("1", "oops null", "4", "inf null"));
        }
    }

    /** A cell that its column cannot take may count as missing. */
    @Test
    void cellsThatCannotBeReadMayCountAsMissing() throws IOException {
        Path rows = rows("cells.csv", "x,y", "1,0", "oops,1", "3,0");
        Path gap = rows("gap.csv", "x,y", "1,0", ",1", "3,0");
        String columns = "data.columns={x: {number: mean}}";
        CommandLineRun run = train(job(rows, "crossEntropy", "{dense: 2}"), columns, "data.onError=null");
        assertThat(run.err())
                .contains("note: " + rows + ": 1 cells that cannot be used count as missing (data.onError: null);"
                        + " the first one is " + rows + ":3, column \"x\": expected a number, got \"oops\"");
        CommandLineRun same =
                train(job(gap, "crossEntropy", "{dense: 2}"), columns, "output.dir=" + temporary.resolve("gap"));
        String hash = run.out().substring(run.out().indexOf("sha256"));
        assertThat(same.out()).endsWith(hash);
        fails(
                job(rows, "crossEntropy", "{dense: 2}"),
                "--set: data.onError: null needs columns with types; add data.columns, or set onError to skip",
                "data.onError=null");
    }

    /** What lies beside the data is what is named, not the data. */
    @Test
    void aForeignFileInADirectoryIsNamed() throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("folder"));
        rows("folder/rows.csv", "x,y", "1,0", "2,1");
        rows("folder/NOTES.txt", "written in spring");
        fails(
                job(folder, "crossEntropy", "{dense: 2}"),
                folder + "/NOTES.txt:1, header: expected x,y as in " + folder + "/rows.csv, got written in spring",
                "data.train.format=csv");
        fails(
                job(folder, "crossEntropy", "{dense: 2}"),
                folder + "/NOTES.txt:1, expected 2 fields as in " + folder + "/rows.csv, got 1",
                "data.train.format=csv",
                "data.train.header=false",
                "data.train.label=1",
                "data.train.features=[0]");
        Path table = temporary.resolve("table");
        spark.sql("select id as x, id % 2 as y from range(4)")
                .coalesce(1)
                .write()
                .parquet(table.toString());
        rows("table/NOTES.txt", "written in spring");
        CommandLineRun run = train(job(table, "crossEntropy", "{dense: 2}"), "data.train.format=parquet");
        assertThat(run.err().lines().filter(line -> !line.startsWith("reading ")))
                .singleElement()
                .asString()
                .startsWith("error: ")
                .contains("NOTES.txt");
    }

    private static void assertRefused(String message, String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.err()).isEqualTo("error: " + message + "\n");
        assertThat(run.code()).isEqualTo(1);
    }

    private Path rows(String name, String... lines) throws IOException {
        return Files.write(temporary.resolve(name), List.of(lines));
    }

    private Path job(Path rows, String loss, String layers) throws IOException {
        String text = "data: {train: {path: " + rows + ", label: y}, shards: 2}\n"
                + "model: {layers: [" + layers + "], loss: " + loss + "}\n"
                + "train: {batchSize: 2, epochs: 2}\noutput: {dir: unused}\n";
        return Files.writeString(temporary.resolve("job.yaml"), text);
    }

    @Test
    void whatDoesNotFitTogetherIsOneLine() throws IOException {
        Path job = example("libsvm");
        fails(job, "crossEntropy: the network's output is [2], the data has 3 classes", "model.layers.1.dense=2");
        fails(job, "model.layers: no layer has parameters, so there is nothing to train", "model.layers=[softmax]");
        fails(
                job,
                "train.klWeight: no layer has weights that are distributions, so there is no divergence from a prior;"
                        + " expected none, or a layer such as variationalDense",
                "train.klWeight={factor: 0.5}");
        CommandLineRun lone = train(
                job,
                "model.layers=[batchNorm, {dense: 3}]",
                "train.batchSize=8",
                "data.shards=8",
                "output.dir=" + temporary.resolve("lone"));
        assertThat(lone.err()).contains("note: batchNorm with statistics: shard normalises a single row per step");
        assertThat(lone.err()).doesNotContain("is less than data.shards");
        CommandLineRun few = train(
                job,
                "model.layers=[batchNorm, {dense: 3}]",
                "train.batchSize=1000",
                "data.shards=100",
                "output.dir=" + temporary.resolve("few"));
        assertThat(few.err())
                .as("what counts is how many rows there are")
                .contains(
                        "note: batchNorm with statistics: shard normalises a single row per step in some shards with ");
        CommandLineRun enough = train(
                job,
                "model.layers=[batchNorm, {dense: 3}]",
                "train.batchSize=1000",
                "data.shards=4",
                "sync={mode: averaging, outer: bmuf}",
                "optimizer=adam",
                "output.dir=" + temporary.resolve("noisy"));
        assertThat(enough.err())
                .contains("note: sync.outer: bmuf expects inner steps of sgd or momentum; the rates that adam"
                        + " measures do not fit")
                .contains("note: batchNorm with statistics: shard normalises some 30 rows at a time (123 rows,"
                        + " data.shards 4, train.batchSize 1000)");
        enough = train(
                job,
                "model.layers=[batchNorm, {dense: 3}]",
                "train.batchSize=1000",
                "data.shards=3",
                "output.dir=" + temporary.resolve("enough"));
        assertThat(enough.err()).doesNotContain("note:");
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

    /** Parameters of 6.4 GB. */
    @Test
    void tooLargeForTheHeapIsOneLine() throws IOException {
        CommandLineRun run = train(example("libsvm"), "model.layers.0.dense.units=200000000");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines().filter(line -> line.startsWith("error: ")))
                .singleElement()
                .asString()
                .startsWith("error: model.layers: 1,600,000,003 parameters: sync.transport allreduce takes at least"
                        + " 61,035 MB in the heap of the driver (")
                .endsWith(" MB; raise it with --driver-memory (spark.driver.memory)");
    }
}
