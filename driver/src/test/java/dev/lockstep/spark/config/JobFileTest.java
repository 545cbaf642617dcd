package dev.lockstep.spark.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.Sgd;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.train.EarlyStopping;
import dev.lockstep.nn.train.OuterOptimizer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("compat")
class JobFileTest {
    private static final String SMALL = """
        data:
          train: rows.csv
        model:
          layers: [{dense: 3}]
          loss: crossEntropy
        output:
          dir: out
        """;

    private static final String LARGE = """
        data:
          train: {path: a.csv, format: csv, label: kind, features: [0, "2..5"], weight: w, length: n, header: false,
                  delimiter: ";", shape: [2, 2], classes: 3, rows: rows.txt}
          validation: 0.1
          test: b.csv
          shards: 3
          scale: {mean: 0.1307, std: 0.3081}
        model:
          layers:
            - dense: {units: 512, activation: relu}
            - dropout: 0.2
            - dense: 10
            - softmax
          loss: crossEntropy
        optimizer: {adam: {learningRate: 1e-3}}
        train:
          epochs: 3
          batchSize: 64
          seed: 7
          clipNorm: 1.5
          schedule: {warmup: {epochs: 1, then: cosine}}
          earlyStopping: {metric: validationAccuracy, patience: 2}
        sync:
          mode: averaging
          localSteps: 4
          outer: {nesterov: {learningRate: 0.5}}
          transport: driver
        output: {dir: out}
        """;

    private static JobSpec parse(String text, String... settings) {
        return JobFile.parse(text, "job.yaml", List.of(settings));
    }

    private static void fails(String text, String message, String... settings) {
        assertThatThrownBy(() -> parse(text, settings))
                .isInstanceOf(JobException.class)
                .hasMessage(message);
    }

    /** Where the rest of the message names everything there is, which grows. */
    private static void begins(String text, String message, String... settings) {
        assertThatThrownBy(() -> parse(text, settings))
                .isInstanceOf(JobException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void everyDefault() {
        JobSpec job = parse(SMALL);
        assertThat(job.data().train()).isEqualTo(SourceSpec.ofPath("rows.csv"));
        assertThat(job.data().validation()).isNull();
        assertThat(job.data().test()).isNull();
        assertThat(job.data().shards()).isEqualTo(8);
        assertThat(job.data().scale()).isEqualTo(ScaleSpec.Named.NONE);
        assertThat(job.model().layers())
                .containsExactly(new Dense(3, new Activation.Linear(), true, Initializer.GLOROT_UNIFORM));
        assertThat(job.optimizer()).isEqualTo(new Adam(0.001, 0.9, 0.999, 1e-8));
        assertThat(job.train().epochs()).isEqualTo(10);
        assertThat(job.train().batchSize()).isEqualTo(128);
        assertThat(job.train().seed()).isEqualTo(0);
        assertThat(job.train().schedule()).isEqualTo(new Schedule.Constant());
        assertThat(job.train().clipping()).isEqualTo(GradientClipping.NONE);
        assertThat(job.train().earlyStopping()).isNull();
        assertThat(job.sync().mode()).isEqualTo(SyncSpec.Mode.GRADIENT);
        assertThat(job.sync().localSteps()).isEqualTo(8);
        assertThat(job.sync().outer()).isEqualTo(new OuterOptimizer.Plain());
        assertThat(job.sync().transport()).isEqualTo(SyncSpec.Transport.AUTO);
        assertThat(job.output().dir()).isEqualTo("out");
        assertThat(parse(SMALL, "train.earlyStopping={metric: loss}").train().earlyStopping())
                .isEqualTo(new EarlyStopping(EarlyStopping.Metric.LOSS, 5));
        assertThat(parse(SMALL, "data.validation=0.5", "train.earlyStopping={}")
                        .train()
                        .earlyStopping())
                .isEqualTo(new EarlyStopping(EarlyStopping.Metric.VALIDATION_LOSS, 5));
    }

    @Test
    void everyKey() {
        JobSpec job = parse(LARGE);
        assertThat(job.data().train())
                .isEqualTo(new SourceSpec(
                        "a.csv",
                        SourceSpec.Format.CSV,
                        Names.of("kind"),
                        Names.of(List.of("0", "2..5")),
                        "w",
                        "n",
                        false,
                        ";",
                        Shape.of(2, 2),
                        Names.of(3),
                        "rows.txt"));
        assertThat(job.data().validation()).isEqualTo(ValidationSpec.of(0.1));
        assertThat(job.data().test()).isEqualTo(SourceSpec.ofPath("b.csv"));
        assertThat(job.data().shards()).isEqualTo(3);
        assertThat(job.data().scale()).isEqualTo(new ScaleSpec.Shift(0.1307, 0.3081));
        assertThat(job.model().layers())
                .containsExactly(
                        new Dense(512, new Activation.Relu()),
                        new Dropout(0.2),
                        new Dense(10),
                        new Activation.Softmax());
        assertThat(job.model().loss()).isEqualTo(new CrossEntropy());
        assertThat(job.optimizer()).isEqualTo(new Adam(0.001, null, null, null));
        assertThat(job.train())
                .isEqualTo(new TrainSpec(
                        3,
                        64,
                        7L,
                        new Schedule.Warmup(1, new Schedule.Cosine(null)),
                        1.5,
                        null,
                        new EarlyStopping(EarlyStopping.Metric.VALIDATION_ACCURACY, 2)));
        assertThat(job.sync())
                .isEqualTo(new SyncSpec(
                        SyncSpec.Mode.AVERAGING,
                        4,
                        new OuterOptimizer.Nesterov(0.5, 0.9),
                        SyncSpec.Transport.DRIVER,
                        null));
    }

    @Test
    void whatIsWrittenIsReadBack() {
        for (String text : List.of(SMALL, LARGE)) {
            JobSpec job = parse(text);
            assertThat(parse(SpecMapper.tree(job).toString())).isEqualTo(job);
        }
    }

    @Test
    void otherForms() {
        assertThat(parse(SMALL, "data.validation=v.csv").data().validation().source())
                .isEqualTo(SourceSpec.ofPath("v.csv"));
        assertThat(parse(SMALL, "data.validation={path: v.csv}")
                        .data()
                        .validation()
                        .source())
                .isEqualTo(SourceSpec.ofPath("v.csv"));
        assertThat(parse(SMALL, "data.validation=1e-1").data().validation().fraction())
                .isEqualTo(0.1);
        assertThat(parse(SMALL, "data.scale=standardise").data().scale()).isEqualTo(ScaleSpec.Named.STANDARDISE);
        assertThat(parse(SMALL, "data.scale={divide: 255}").data().scale()).isEqualTo(new ScaleSpec.Divide(255));
        assertThat(parse(SMALL, "data.train={path: x, classes: [no, yes]}")
                        .data()
                        .train()
                        .classes())
                .isEqualTo(Names.of(List.of("no", "yes")));
    }

    @Test
    void textsStayAsTheyAreWritten() {
        assertThat(parse(SMALL, "data.train={path: 007, label: 1.10, classes: [\"\", on]}")
                        .data()
                        .train())
                .isEqualTo(new SourceSpec(
                        "007",
                        null,
                        Names.of("1.10"),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        Names.of(List.of("", "on")),
                        null));
    }

    @Test
    void settingsTakeTheFilesPlace() {
        assertThat(parse(SMALL, "train.epochs=2", "train.epochs=3").train().epochs())
                .isEqualTo(3);
        assertThat(parse(LARGE, "model.layers.0.dense.units=5").model().layers().get(0))
                .isEqualTo(new Dense(5, new Activation.Relu()));
        assertThat(parse(LARGE, "model.layers.1=relu").model().layers().get(1)).isEqualTo(new Activation.Relu());
        assertThat(parse(LARGE, "optimizer={sgd: {learningRate: .5}}").optimizer())
                .isEqualTo(new Sgd(0.5, null, null));
        assertThat(parse(SMALL, "optimizer.sgd.momentum=5e-1").optimizer()).isEqualTo(new Sgd(null, 0.5, null));
        assertThat(parse(SMALL + "optimizer: adam\n", "optimizer.adam.beta1=0.5")
                        .optimizer())
                .isEqualTo(new Adam(null, 0.5, null, null));
        assertThat(parse(SMALL, "output.dir=a=b").output().dir()).isEqualTo("a=b");
        assertThat(parse(LARGE, "data.validation=null", "train.earlyStopping=")
                        .train()
                        .earlyStopping())
                .isNull();
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
    void wrongKeysNameFileLineAndTheNearest() {
        fails(
                SMALL.replace("output:", "train:\n  epcohs: 3\noutput:"),
                "job.yaml:7: train.epcohs: unknown key; did you mean \"epochs\"?");
        fails(
                SMALL.replace("train: rows.csv", "train: rows.csv\n  colour: 3"),
                "job.yaml:3: data.colour: unknown key; known keys: train, validation, test, shards, scale,"
                        + " scaleTarget, augment");
        fails(
                SMALL.replace("dense: 3", "dens: 3"),
                "job.yaml:4: model.layers.0: unknown layer \"dens\"; did you mean" + " \"dense\"?");
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
                        + " table",
                "data.train={path: x, format: avro}");
    }

    @Test
    void missingKeys() {
        fails(
                "",
                "job.yaml: data: missing, expected a map with the keys train, validation, test, shards, scale,"
                        + " scaleTarget, augment");
        fails(
                SMALL.replace("train: rows.csv", "shards: 2"),
                "job.yaml:1: data.train: missing, expected a text or a map with the keys"
                        + " path, format, label, features, weight, length, header, delimiter, shape, classes, rows");
        fails(
                SMALL.replace("train: rows.csv", "train: {label: 3}"),
                "job.yaml:2: data.train.path: missing, expected a text");
        fails(SMALL, "--set: data.validation.path: missing, expected a text", "data.validation={label: 3}");
        fails(SMALL, "--set: data.test.path: missing, expected a text", "data.test={}");
        begins(
                SMALL.replace("loss: crossEntropy", ""),
                "job.yaml:3: model.loss: missing, expected a loss, one of meanSquaredError, ");
        fails(SMALL.replace("  dir: out", ""), "job.yaml:6: output: missing, expected a map with the keys dir");
        fails(SMALL.replace("dir: out", "{}"), "job.yaml:6: output.dir: missing, expected a text");
        fails(
                SMALL,
                "--set: model.layers.0.conv2d.kernel: missing, expected a list or a whole number or a map with the"
                        + " keys height, width",
                "model.layers=[{conv2d: {filters: 3}}]");
        fails(SMALL.replace("[{dense: 3}]", "[]"), "job.yaml:4: model.layers: expected at least one entry, got none");
    }

    @Test
    void wrongValues() {
        fails(
                SMALL.replace("train: rows.csv", "train: [rows.csv]"),
                "job.yaml:2: data.train: expected a text or a map with the keys path, format, label, features,"
                        + " weight, length, header, delimiter, shape, classes, rows, got a list");
        fails(
                "data: 5",
                "job.yaml:1: data: expected a map with the keys train, validation, test, shards, scale, scaleTarget,"
                        + " augment, got 5");
        fails(
                "- a",
                "job.yaml:1: expected a map with the keys data, model, optimizer, train, sync, checkpoint, output, got"
                        + " a list");
        fails(SMALL, "--set: data.shards: expected at least 1, got 0", "data.shards=0");
        fails(SMALL, "--set: train.epochs: expected at least 1, got -1", "train.epochs=-1");
        fails(
                SMALL,
                "--set: checkpoint.every: missing, expected a map with the keys rounds, epochs, minutes",
                "checkpoint={keep: 2}");
        fails(
                SMALL,
                "--set: checkpoint.every: expected one of rounds, epochs and minutes, got 2",
                "checkpoint.every={rounds: 5, minutes: 1}");
        fails(SMALL, "--set: checkpoint.every.minutes: expected a number above 0, got 0", "checkpoint.every.minutes=0");
        fails(SMALL, "--set: checkpoint.keep: expected at least 1, got 0", "checkpoint={every: {epochs: 1}, keep: 0}");
        fails(SMALL, "--set: train.batchSize: expected a whole number, got 1.5", "train.batchSize=1.5");
        fails(SMALL, "--set: train.seed: expected a whole number, got true", "train.seed=true");
        fails(
                SMALL,
                "--set: data.validation: expected a fraction above 0 and below 1, or rows of their own, got 1",
                "data.validation=1");
        fails(
                SMALL,
                "--set: data.scale: unknown scale \"standardize\"; did you mean \"standardise\"?",
                "data.scale=standardize");
        fails(SMALL, "--set: data.scale: expected {mean, std} or {divide}, got {mean}", "data.scale={mean: 1}");
        fails(
                SMALL,
                "--set: data.scale: expected {mean, std} or {divide}, got {mean, std, divide}",
                "data.scale={mean: 1, std: 2, divide: 3}");
        fails(
                SMALL,
                "--set: data.scale: expected none, standardise, {mean, std} or {divide}, got 255",
                "data.scale=255");
        fails(SMALL, "--set: data.scale: divide: expected a number above 0, got 0", "data.scale={divide: 0}");
        fails(SMALL, "--set: data.scale.by: unknown key; known keys: mean, std, divide", "data.scale={by: 0}");
        fails(
                SMALL,
                "--set: model.layers.0.dropout.rate: expected a number from 0 to below 1, got 1",
                "model.layers.0={dropout: 1}");
        fails(
                SMALL,
                "--set: optimizer.adam.learningRate: expected a number, got \"fast\"",
                "optimizer.adam.learningRate=fast");
        fails(SMALL, "--set: train.clipNorm: expected a number above 0, got 0", "train.clipNorm=0");
        fails(
                SMALL,
                "--set: train.clipValue: expected only one of clipNorm and clipValue, got 1.0 and 2.0",
                "train.clipNorm=1",
                "train.clipValue=2");
        fails(SMALL, "--set: sync.localSteps: expected at least 1, got 0", "sync.localSteps=0");
        fails(
                SMALL,
                "--set: sync.compression: expected none, since averaging mode sends parameters, whose changes would"
                        + " vanish in the rounding, got \"bfloat16\"",
                "sync.mode=averaging",
                "sync.compression=bfloat16");
        fails(
                SMALL,
                "--set: sync.compression.topK.fraction: expected a number above 0, at most 1, got 0",
                "sync.compression.topK=0");
        fails(
                SMALL,
                "--set: sync.compression.topK.fraction: expected a number, got \".nan\"",
                "sync.compression.topK.fraction=.nan");
        fails(
                SMALL,
                "--set: sync.compression: unknown compression \"bfloat\"; did you mean \"bfloat16\"?",
                "sync.compression=bfloat");
        fails(
                SMALL,
                "--set: sync.transport: expected driver, the only one that averages parameters, got allreduce",
                "sync.mode=averaging",
                "sync.transport=allreduce");
        fails(
                SMALL,
                "--set: train.earlyStopping.patience: expected at least 1, got 0",
                "train.earlyStopping={patience: 0}");
        fails(
                SMALL,
                "--set: train.earlyStopping.metric: validationLoss needs data.validation, got none",
                "train.earlyStopping={}");
        fails(
                SMALL,
                "--set: train.earlyStopping.metric: expected a metric that goes with the loss, such as accuracy, got"
                        + " rmse",
                "train.earlyStopping={metric: rmse}");
    }

    @Test
    void scalingWithTheFilesNumbers() {
        assertThat(parse(SMALL).data().scale().given(Shape.of(3))).isEqualTo(Scaling.NONE);
        assertThat(parse(LARGE).data().scale().given(Shape.of(3))).isEqualTo(Scaling.of(0.1307, 0.3081));
        assertThat(parse(SMALL, "data.scale={divide: 255}").data().scale().given(Shape.of(3)))
                .isEqualTo(Scaling.of(0, 255));
        assertThat(ScaleSpec.Named.STANDARDISE.isMeasured()).isTrue();
        assertThat(ScaleSpec.Named.NONE.isMeasured()).isFalse();
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
        fails("data: &x {train: a}\nmodel: *x\n", "job.yaml:2: aliases (*x) are not understood in job files");
        fails("[".repeat(200), "job.yaml:1: values are nested deeper than 100");
    }
}
