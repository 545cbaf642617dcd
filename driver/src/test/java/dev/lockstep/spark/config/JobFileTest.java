package dev.lockstep.spark.config;

import static org.assertj.core.api.Assertions.assertThat;

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
    /** The least that a job file may hold. */
    static final String SMALL = """
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
                        null,
                        new EarlyStopping(EarlyStopping.Metric.VALIDATION_ACCURACY, 2),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));
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
        assertThat(parse(LARGE, "data.validation=null", "train.earlyStopping=null")
                        .train()
                        .earlyStopping())
                .isNull();
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
}
