package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.LocalWorkers;
import dev.lockstep.nn.train.ParameterUpdate;
import dev.lockstep.nn.train.RoundListener;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.Trainer;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.SyncSpec;
import dev.lockstep.spark.predict.TablePrediction;
import dev.lockstep.spark.report.TrainingListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Mostly empty rows give the same model through every door, kept as entries or not, and it is the one that a plain JVM
 * trains on the rows as they are written out.
 */
class SparseRowsTest extends SparkTest {
    private static final int FEATURES = 300;
    private static final int ROWS = 150;
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(FEATURES), Shape.of(1), false, false);

    private float[] packed;

    @BeforeEach
    void makeRows() {
        Random random = new Random(4);
        packed = new float[ROWS * LAYOUT.width()];
        for (int row = 0; row < ROWS; row++) {
            int label = random.nextInt(2);
            // Every tenth row has too many entries to be kept as such.
            for (int i = row % 10 == 0 ? 60 : 1 + random.nextInt(6); i > 0; i--) {
                packed[row * LAYOUT.width() + (2 * random.nextInt(FEATURES / 2) + label * random.nextInt(2))] =
                        random.nextInt(200) / 100f - 1;
            }
            packed[row * LAYOUT.width() + FEATURES] = label;
        }
    }

    private String libSvm() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < ROWS; row++) {
            text.append((int) packed[row * LAYOUT.width() + FEATURES]);
            for (int i = 0; i < FEATURES; i++) {
                float value = packed[row * LAYOUT.width() + i];
                if (value != 0 || (row + i) % 50 == 0) {
                    text.append(' ').append(i + 1).append(':').append(value);
                }
            }
            text.append('\n');
        }
        return write("rows.svm", text.toString()).toString();
    }

    private String csv() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < ROWS; row++) {
            for (int i = 0; i < LAYOUT.width(); i++) {
                text.append(i == 0 ? "" : ",").append(packed[row * LAYOUT.width() + i]);
            }
            text.append('\n');
        }
        return write("rows.csv", text.toString()).toString();
    }

    /** Half of the features in vectors of both kinds, then a number, then the other half as an array. */
    private Dataset<Row> table() {
        List<Row> rows = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            int at = row * LAYOUT.width();
            double[] first = doubles(at, FEATURES / 2);
            Vector dense = Vectors.dense(first);
            rows.add(RowFactory.create(
                    row % 3 == 0 ? dense : dense.toSparse(),
                    (double) packed[at + FEATURES / 2],
                    doubles(at + FEATURES / 2 + 1, FEATURES / 2 - 1),
                    (int) packed[at + FEATURES]));
        }
        StructType type = new StructType()
                .add("a", SQLDataTypes.VectorType())
                .add("b", DataTypes.DoubleType)
                .add("c", DataTypes.createArrayType(DataTypes.DoubleType))
                .add("y", DataTypes.IntegerType);
        return spark.createDataFrame(rows, type).repartition(3);
    }

    private double[] doubles(int from, int count) {
        return IntStream.range(from, from + count).mapToDouble(i -> packed[i]).toArray();
    }

    private static JobSpec job(String train, String... settings) {
        return JobFile.parse("""
            data:
              train: %s
              shards: 5
            model:
              layers: [{dense: {units: 17, activation: relu}}, {dense: 2}]
              loss: crossEntropy
            optimizer: {adam: {learningRate: 1e-2}}
            train: {epochs: 2, batchSize: 32, seed: 5}
            output: {dir: unused}
            """.formatted(train), "sparse.yaml", List.of(settings));
    }

    private TrainingJob.Result train(JobSpec job) {
        return new TrainingJob(spark, job, new TrainingListener() {}).run();
    }

    private String sha256(String train, String... settings) {
        return ModelFiles.sha256(train(job(train, settings)).model().parameters());
    }

    @Test
    @Tag("compat")
    void doorsAndTransportsDoNotMatter() throws IOException {
        String expected = ModelFiles.sha256(trainedWithoutSpark(job("{path: unused}")));
        String libSvm = "{path: \"" + libSvm() + "\", format: libsvm, features: 300}";
        assertThat(sha256(libSvm, "sync.transport=driver")).as("libsvm").isEqualTo(expected);
        assertThat(sha256(libSvm, "sync.transport=allreduce"))
                .as("libsvm, all-reduce")
                .isEqualTo(expected);
        assertThat(sha256("{path: \"" + csv() + "\", header: false, label: \"300\"}", "sync.transport=driver"))
                .as("csv")
                .isEqualTo(expected);
        table().createOrReplaceTempView("vectors");
        assertThat(sha256("{path: vectors, format: table, label: y}", "sync.transport=driver"))
                .as("vectors")
                .isEqualTo(expected);
    }

    @Test
    void whatMakesRowsWholeIsSaidOrRefused() throws IOException {
        String rows = "path: \"" + libSvm() + "\", format: libsvm";
        List<String> notices = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void notice(String line) {
                notices.add(line);
            }
        };
        new TrainingJob(spark, job("{" + rows + "}", "data.scale=standardise", "train.epochs=1"), listener).run();
        assertThat(notices)
                .contains("data.scale moves 0 ({divide: ...} does not), so the rows of a step, which are mostly 0,"
                        + " become dense: 32 rows of 300 features take 0 MB");
        // The vectors of the training fit into the heap, the rows of a step do not.
        long features = Runtime.getRuntime().maxMemory() / 60;
        JobSpec wide = job("{" + rows + ", features: " + features + "}", "model.layers=[{dropout: 0.1}, {dense: 2}]");
        assertThatThrownBy(() -> train(wide))
                .hasMessageMatching(
                        "model.layers: the first layer is dropout_1, but only dense reads sparse rows, so the rows of"
                                + " a step, which are mostly 0, would become dense: 32 rows of "
                                + features
                                + " features take [0-9,]+ MB, and the process has [0-9,]+ MB; a smaller"
                                + " train.batchSize needs less");
        assertThatThrownBy(() -> train(job("{" + rows + ", features: " + features + "}")))
                .hasMessageContaining("in the heap of the driver");
    }

    /** Only the rows of the first layer that a step uses are stepped: other bits, the same through every transport. */
    @Test
    void lazyUpdatesAndAveragingDependOnTheRowsAlone() throws IOException {
        String libSvm = "{path: \"" + libSvm() + "\", format: libsvm, features: 300}";
        String lazy = "train.lazyUpdate=true";
        String averaging = "sync.mode=averaging";
        String expected = ModelFiles.sha256(trainedWithoutSpark(job("{path: unused}", lazy)));
        assertThat(sha256(libSvm, lazy, "sync.transport=driver")).as("driver").isEqualTo(expected);
        assertThat(sha256(libSvm, lazy, "sync.transport=allreduce"))
                .as("all-reduce")
                .isEqualTo(expected);
        for (String[] settings : new String[][] {{averaging}, {averaging, lazy}}) {
            String shards = ModelFiles.sha256(trainedWithoutSpark(job("{path: unused}", settings)));
            assertThat(sha256(libSvm, settings)).as(String.join(" ", settings)).isEqualTo(shards);
            assertThat(shards).isNotEqualTo(expected);
        }
        assertThat(ModelFiles.sha256(trainedWithoutSpark(job("{path: unused}"))))
                .as("lazy updates are another rule")
                .isNotEqualTo(expected);
    }

    @Test
    void lazyUpdatesThatCannotBeAreRefused() throws IOException {
        String libSvm = "{path: \"" + libSvm() + "\", format: libsvm, features: 300}";
        String lazy = "train.lazyUpdate=true";
        assertThatThrownBy(() -> train(job(libSvm, lazy, "optimizer=lamb")))
                .hasMessage(
                        "train.lazyUpdate: expected an optimiser that steps each parameter separately, got lamb, which"
                                + " needs the norms of whole tensors");
        assertThatThrownBy(() -> train(job(libSvm, lazy, "sync.compression=bfloat16")))
                .hasMessage(
                        "train.lazyUpdate: expected sync.compression none, because compression does not keep gradients"
                                + " by rows");
        assertThatThrownBy(() -> train(job(libSvm, lazy, "model.layers=[{dropout: 0.1}, {dense: 2}]")))
                .hasMessageStartingWith("train.lazyUpdate: no first layer has a gradient that is kept by rows");
    }

    /** On whole rows: what dense layers have always computed. */
    private Parameters trainedWithoutSpark(JobSpec job) {
        TrainingPlan plan = new TrainingPlan(
                5, 5, ROWS, ROWS, 32, 2, Augmentation.NONE, job.sync().compression());
        List<MemoryShard> shards = CanonicalOrder.shards(LAYOUT, RowArray.whole(LAYOUT, packed, ROWS), 5, 5);
        EvaluationSetup evaluation = new EvaluationSetup(job.model(), LAYOUT, Scaling.NONE, 5, 0);
        ParameterUpdate update = new ParameterUpdate(
                        evaluation.network(),
                        job.optimizer(),
                        job.train().schedule(),
                        plan,
                        job.train().clipping())
                .lazily(Boolean.TRUE.equals(job.train().lazyUpdate()));
        TrainingSetup setup = new TrainingSetup(evaluation, plan, update);
        LocalWorkers workers = new LocalWorkers(setup, shards, List.of());
        Synchronizer synchronizer = job.sync().mode() == SyncSpec.Mode.AVERAGING
                ? new Synchronizer.Averaging(
                        plan, job.sync().localSteps(), job.sync().outer(), workers)
                : new Synchronizer.Gradient(setup, workers);
        return new Trainer(setup, synchronizer, workers, null, new RoundListener() {})
                .train(setup.initialState(false))
                .parameters();
    }

    @Test
    void predictionsAreThoseOfWholeRows() throws IOException {
        table().createOrReplaceTempView("vectors");
        SavedModel model = train(job("{path: vectors, format: table, label: y}", "data.scale={divide: 3}"))
                .model();
        List<float[]> whole = new ArrayList<>();
        for (Row row : table().collectAsList()) {
            float[] features = new float[FEATURES];
            double[] first = ((Vector) row.get(0)).toArray();
            List<Double> last = row.getList(2);
            for (int i = 0; i < FEATURES; i++) {
                double value = i < 150 ? first[i] : i == 150 ? row.getDouble(1) : last.get(i - 151);
                features[i] = (float) value;
            }
            whole.add(features);
        }
        float[] expected =
                Arrays.copyOf(model.predictor(0, ROWS, false).predict(whole).array(), 2 * ROWS);
        List<Row> predicted = TablePrediction.of(table(), model, 0).collectAsList();
        for (int row = 0; row < ROWS; row++) {
            float probability = predicted.get(row).getAs("probability_1");
            assertThat(probability).isEqualTo(expected[2 * row + 1]);
        }
    }
}
