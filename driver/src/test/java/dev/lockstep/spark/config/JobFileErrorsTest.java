package dev.lockstep.spark.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong in a job file is said in one line that names the place. */
@Tag("compat")
class JobFileErrorsTest {
    private static final String SMALL = JobFileTest.SMALL;

    private static void fails(String text, String message, String... settings) {
        assertThatThrownBy(() -> JobFile.parse(text, "job.yaml", List.of(settings)))
                .isInstanceOf(JobException.class)
                .hasMessage(message);
    }

    /** Where the rest of the message names everything there is, which grows. */
    private static void begins(String text, String message, String... settings) {
        assertThatThrownBy(() -> JobFile.parse(text, "job.yaml", List.of(settings)))
                .isInstanceOf(JobException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void wrongSettings() {
        fails(SMALL, "--set epochs: expected key=value, such as train.epochs=5", "epochs");
        fails(SMALL, "--set a..b=1: expected keys joined by single dots, got \"a..b\"", "a..b=1");
        fails(
                SMALL,
                "--set data.train.rows: data.train is \"rows.csv\", not a map; set it as a whole: --set"
                        + " data.train={...}",
                "data.train.rows=x");
        fails(
                SMALL,
                "--set model.layers.1.dense.units: expected an index from 0 to 0, got \"1\"",
                "model.layers.1.dense.units=3");
        fails(SMALL, "--set: train.epoch: unknown key; did you mean \"epochs\"?", "train.epoch=3");
        fails(SMALL, "--set: train.epochs: expected a whole number, got \"many\"", "train.epochs=many");
    }

    @Test
    void emptySettingsAndListsAreNamed() {
        fails(
                SMALL,
                "--set train.epochs=: expected a value after =, got none; null means the default",
                "train.epochs=");
        fails(
                SMALL,
                "--set: data.train.features: expected at least one entry, got none",
                "data.train={path: rows.csv, features: []}");
    }

    /** What is taken for a job file may be anything; a message is no place for all of it. */
    @Test
    void longTextsAreCut() {
        String data = "15, 25, ".repeat(200_000);
        isShort(data);
        isShort("'" + data + "'");
        isShort("\"" + data);
        isShort("{" + data);
        isShort("*" + data);
        isShort(data + ": 3\n");
        isShort(data + ": 3\n" + data + ": 4\n");
        isShort(SMALL.replace("dense: 3", data + ": 3"));
        isShort(SMALL.replace("dense: 3", "dense: '" + data + "'"));
        isShort(SMALL.replace("dense: 3", "dense: {units: 3, activation: '" + data + "'}"));
        isShort(SMALL, data);
        isShort(SMALL, data + "=");
        isShort(SMALL, "train.epochs='" + data + "'");
        isShort(SMALL, data + ".x=1");
        isShort(SMALL, "model.layers." + data + "=1");
    }

    private static void isShort(String text, String... settings) {
        assertThatThrownBy(() -> JobFile.parse(text, "job.yaml", List.of(settings)))
                .isInstanceOf(JobException.class)
                .message()
                .hasSizeLessThan(1000);
    }

    @Test
    void wrongKeysNameFileLineAndTheNearest() {
        fails(
                SMALL.replace("output:", "train:\n  epcohs: 3\noutput:"),
                "job.yaml:7: train.epcohs: unknown key; did you mean \"epochs\"?");
        fails(
                SMALL.replace("train: rows.csv", "train: rows.csv\n  colour: 3"),
                "job.yaml:3: data.colour: unknown key; known keys: train, validation, test, shards, scale,"
                        + " scaleTarget, columns, nulls, onError, augment");
        fails(
                SMALL.replace("dense: 3", "dens: 3"),
                "job.yaml:4: model.layers.0: unknown layer \"dens\"; did you mean \"dense\"?");
        fails(
                SMALL.replace("{dense: 3}", "{dense: {units: 3, activaton: relu}}"),
                "job.yaml:4: model.layers.0.dense.activaton: unknown key; did you mean \"activation\"?");
        fails(SMALL, "--set: optimizer: unknown optimizer \"sdg\"; did you mean \"sgd\"?", "optimizer=sdg");
        fails(SMALL, "--set: sync.mode: unknown value \"average\"; did you mean \"averaging\"?", "sync.mode=average");
        begins(
                SMALL,
                "--set: sync.outer: unknown outer optimizer \"sideways\"; known names: plain, nesterov",
                "sync.outer=sideways");
        fails(
                SMALL,
                "--set: data.train.format: unknown value \"avro\"; known values: idx, csv, libsvm, parquet, text,"
                        + " spark, table",
                "data.train={path: x, format: avro}");
    }

    @Test
    void missingKeys() {
        fails(
                "",
                "job.yaml: data: missing, expected a map with the keys train, validation, test, shards, scale,"
                        + " scaleTarget, columns, nulls, onError, augment");
        fails(
                SMALL.replace("train: rows.csv", "shards: 2"),
                "job.yaml:1: data.train: missing, expected a text or a map with the keys"
                        + " path, format, label, features, weight, length, header, delimiter, shape, classes, rows,"
                        + " reader, options, query, encoding, multiLine, decimal");
        fails(
                SMALL.replace("train: rows.csv", "train: {label: 3}"),
                "job.yaml:2: data.train.path: missing, expected a text");
        fails(SMALL, "--set: data.validation.path: missing, expected a text", "data.validation={label: 3}");
        fails(SMALL, "--set: data.test.path: missing, expected a text", "data.test={}");
        begins(
                SMALL.replace("loss: crossEntropy", ""),
                "job.yaml:3: model.loss: missing, expected a loss, one of meanSquaredError, ");
        fails(SMALL.replace("dir: out", "{}"), "job.yaml:6: output.dir: missing, expected a text");
        fails(
                SMALL,
                "--set: model.layers.0.conv2d.kernel: missing, expected a list or a whole number or a map with the keys"
                        + " height, width",
                "model.layers=[{conv2d: {filters: 3}}]");
        fails(SMALL.replace("[{dense: 3}]", "[]"), "job.yaml:4: model.layers: expected at least one entry, got none");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        data.shards=0 | data.shards: expected a number from 1 to 16384, got 0
        data.shards=100000 | data.shards: expected a number from 1 to 16384, got 100000
        train.epochs=-1 | train.epochs: expected at least 1, got -1
        checkpoint={keep: 2} | checkpoint.every: missing, expected a map with the keys rounds, epochs, minutes
        checkpoint.every.minutes=0 | checkpoint.every.minutes: expected a number above 0, got 0
        checkpoint={every: {epochs: 1}, keep: 0} | checkpoint.keep: expected at least 1, got 0
        train.batchSize=1.5 | train.batchSize: expected a whole number, got 1.5
        train.seed=true | train.seed: expected a whole number, got true
        data.scale=standardize | data.scale: unknown scale "standardize"; did you mean "standardise"?
        data.train={path: rows.csv, label: {}} | data.train.label: expected a list or a text, got an empty map
        model.loss={crossEntropy: {classWeights: {}}} | model.loss.crossEntropy.classWeights: expected a list or a\
         text, got an empty map
        data.scale={mean: 1} | data.scale: expected {mean, std} or {divide}, got {mean}
        data.scale=255 | data.scale: expected none, standardise, {mean, std} or {divide}, got 255
        data.scale={divide: 0} | data.scale: divide: expected a number above 0, got 0
        data.scale={by: 0} | data.scale.by: unknown key; known keys: mean, std, divide
        model.layers.0={dropout: 1} | model.layers.0.dropout.rate: expected a number from 0 to below 1, got 1
        optimizer.adam.learningRate=fast | optimizer.adam.learningRate: expected a number, got "fast"
        train.klWeight={factor: -1} | train.klWeight.factor: expected a number of at least 0, got -1
        train.klWeight={beta: 1} | train.klWeight.beta: unknown key; known keys: factor, schedule
        train.klWeight={schedule: reduceOnPlateau} | train.klWeight.schedule: it follows the\
         validation loss; add data.validation
        train.clipNorm=0 | train.clipNorm: expected a number above 0, got 0
        sync.localSteps=0 | sync.localSteps: expected at least 1, got 0
        sync.compression.topK=0 | sync.compression.topK.fraction: expected a number above 0, at most 1, got 0
        sync.compression.topK.fraction=.nan | sync.compression.topK.fraction: expected a number, got ".nan"
        sync.compression=bfloat | sync.compression: unknown compression "bfloat"; did you mean "bfloat16"?
        train.earlyStopping={patience: 0} | train.earlyStopping.patience: expected at least 1, got 0
        train.earlyStopping={} | train.earlyStopping.metric: validationLoss needs data.validation, got none
        """)
    void wrongValues(String setting, String message) {
        fails(SMALL, "--set: " + message, setting);
    }

    @Test
    void wrongKindsOfValues() {
        fails(
                SMALL.replace("train: rows.csv", "train: [rows.csv]"),
                "job.yaml:2: data.train: expected a text or a map with the keys path, format, label, features, weight,"
                        + " length, header, delimiter, shape, classes, rows, reader,"
                        + " options, query, encoding, multiLine, decimal, got a list");
        fails(
                "data: 5",
                "job.yaml:1: data: expected a map with the keys train, validation, test, shards, scale, scaleTarget,"
                        + " columns, nulls, onError, augment, got 5");
        fails(
                "- a",
                "job.yaml:1: expected a map with the keys data, model, init, optimizer, train, sync, checkpoint,"
                        + " search, output, got a list");
        fails(
                SMALL,
                "--set: data.validation: expected a fraction above 0 and below 1, or other rows, got 1",
                "data.validation=1");
    }

    @Test
    void valuesThatContradictEachOther() {
        fails(
                SMALL,
                "--set: checkpoint.every: expected one of rounds, epochs and minutes, got 2",
                "checkpoint.every={rounds: 5, minutes: 1}");
        fails(
                SMALL,
                "--set: data.scale: expected {mean, std} or {divide}, got {mean, std, divide}",
                "data.scale={mean: 1, std: 2, divide: 3}");
        fails(
                SMALL,
                "--set: train.clipValue: expected only one of clipNorm and clipValue, got 1.0 and 2.0",
                "train.clipNorm=1",
                "train.clipValue=2");
        fails(
                SMALL,
                "--set: sync.compression: expected none, because averaging mode sends parameters, whose changes would"
                        + " vanish in the rounding, got \"bfloat16\"",
                "sync.mode=averaging",
                "sync.compression=bfloat16");
        fails(
                SMALL,
                "--set: sync.transport: averaging mode needs driver, got allreduce",
                "sync.mode=averaging",
                "sync.transport=allreduce");
        fails(
                SMALL,
                "--set: train.earlyStopping.metric: expected a metric that fits the loss, such as accuracy, got"
                        + " rmse",
                "train.earlyStopping={metric: rmse}");
    }

    @Test
    void whatIsNotAJobFile() {
        fails(
                "data:\n  train: a\n train: b\n",
                "job.yaml:3: not YAML: while parsing a block mapping, expected <block end>, but found '<block mapping"
                        + " start>'");
        fails(
                "data: {a: 1\n",
                "job.yaml:2: not YAML: while parsing a flow mapping, expected ',' or '}', but got <stream end>");
        fails(SMALL + "data: {}\n", "job.yaml:8: data: given twice, first in job.yaml:1");
        fails(SMALL + "---\ndata: {}\n", "job.yaml:9: expected one document, got a second one");
        fails("data: &x {train: a}\nmodel: *x\n", "job.yaml:2: aliases (*x) are not supported in job files");
        fails("[".repeat(200), "job.yaml:1: values are nested deeper than 100");
    }

    /** As deep as a job file, and no work for the depth before that is known. */
    @Test
    void settingsAreNoDeeperThanJobFiles() {
        String deep = "a.".repeat(1_000_000) + "a=1";
        assertThatThrownBy(() -> JobFile.parse(SMALL, "job.yaml", List.of(deep)))
                .isInstanceOf(JobException.class)
                .hasMessageStartingWith("--set a.a.a.")
                .hasMessageEndingWith("expected at most 100 keys joined by dots");
    }
}
