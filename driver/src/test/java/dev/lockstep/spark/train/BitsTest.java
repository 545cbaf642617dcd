package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.LocalWorkers;
import dev.lockstep.nn.train.ParameterUpdate;
import dev.lockstep.nn.train.RoundListener;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.Trainer;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.nn.train.Workers;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.SyncSpec;
import dev.lockstep.spark.report.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same rows, job and seed give the same model, bit for bit, however they are spread. */
class BitsTest {
    @TempDir
    private Path folder;

    /**
     * The modes that a layout of ranks and threads is tried with: those whose sums nothing shortens, and every other
     * one of the rest, so that each mode meets every other layout.
     */
    private static List<SmallJob.Mode> modes(int layout) {
        return Stream.of(SmallJob.Mode.values())
                .filter(mode -> mode == SmallJob.Mode.GRADIENT
                        || mode == SmallJob.Mode.ALLREDUCE
                        || (mode.ordinal() / 2 + mode.ordinal() + layout) % 2 == 0)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "2, 1, 2", "3, 3, 3", "4, 5, 4", "8, 2, 5"})
    void neitherCoresNorFilesNorTheirOrderMatter(int cores, int files, int seed) throws IOException {
        Path rows = SmallJob.write(folder, files, seed);
        try (SparkSession spark = session(cores)) {
            for (SmallJob.Mode mode : modes(seed)) {
                assertThat(train(spark, SmallJob.job(rows.toString(), "csv", mode)))
                        .as("%s with %d cores, %d files", mode, cores, files)
                        .isEqualTo(mode.sha256());
            }
        }
    }

    /** Several cores a task: the task's shards are divided among as many threads. */
    @ParameterizedTest
    @CsvSource({"4, 2, 1", "5, 2, 2", "3, 3, 3", "4, 3, 4"})
    void threadsOfATaskDoNotMatter(int cores, int cpus, int layout) throws IOException {
        Path rows = SmallJob.write(folder, 2, 11);
        try (SparkSession spark =
                builder(cores).config("spark.task.cpus", String.valueOf(cpus)).getOrCreate()) {
            for (SmallJob.Mode mode : modes(layout)) {
                assertThat(train(spark, SmallJob.job(rows.toString(), "csv", mode)))
                        .as("%s with %d cores, %d a task", mode, cores, cpus)
                        .isEqualTo(mode.sha256());
            }
        }
    }

    @Test
    void formatsDoNotMatter() throws IOException {
        Path rows = SmallJob.write(folder, 2, 9);
        try (SparkSession spark = session(2)) {
            Dataset<Row> table = spark.read()
                    .option("inferSchema", "true")
                    .csv(rows.toString())
                    .withColumnRenamed("_c12", "label");
            String parquet = folder.resolve("rows.parquet").toString();
            table.repartition(3).write().parquet(parquet);
            // After ingest nothing knows the format.
            for (SmallJob.Mode mode : List.of(SmallJob.Mode.GRADIENT, SmallJob.Mode.AVERAGING)) {
                assertThat(train(spark, SmallJob.job(parquet, "parquet", mode)))
                        .as("%s from Parquet", mode)
                        .isEqualTo(mode.sha256());
            }
        }
    }

    @Test
    void statisticsOverAllShardsDoNotDependOnTheRanks() throws IOException {
        Path rows = SmallJob.write(folder, 2, 4);
        String layers = "model.layers=[{dense: 9}, {batchNorm: {statistics: global, activation: relu}}, {dense: 3}]";
        JobSpec job = SmallJob.job(rows.toString(), "csv", SmallJob.Mode.ALLREDUCE, layers);
        Set<String> models = new HashSet<>();
        for (int cores : new int[] {1, 2, 3, 4}) {
            try (SparkSession spark = builder(cores)
                    .config("spark.task.cpus", cores == 4 ? "2" : "1")
                    .getOrCreate()) {
                models.add(train(spark, job));
                JobSpec byDriver = SmallJob.job(rows.toString(), "csv", SmallJob.Mode.GRADIENT, layers);
                assertThatThrownBy(() -> train(spark, byDriver))
                        .hasMessageContaining("sync.transport allreduce, got gradient and driver");
            }
        }
        assertThat(models).hasSize(1);
    }

    /** Some steps are tried one way, some the other, and then the faster way goes on. */
    @Tag("compat")
    @Tag("java")
    @Test
    void choosingTheTransportDoesNotMatter() throws IOException {
        Path rows = SmallJob.write(folder, 2, 4);
        SmallJob.Mode mode = SmallJob.Mode.GRADIENT;
        JobSpec job = SmallJob.job(rows.toString(), "csv", mode, "sync.transport=auto");
        List<String> notices = new ArrayList<>();
        try (SparkSession spark = session(2)) {
            TrainingJob.Result result = new TrainingJob(spark, job, new TrainingListener() {
                        @Override
                        public void notice(String line) {
                            notices.add(line);
                        }
                    })
                    .run();
            assertThat(ModelFiles.sha256(result.model().parameters())).isEqualTo(mode.sha256());
        }
        assertThat(notices).as("so short a training saves nothing").isEmpty();
    }

    @Tag("compat")
    @Tag("java")
    @Test
    void aPlainJvmTrainsTheSameModels() throws IOException {
        Path rows = SmallJob.write(folder, 3, 2);
        try (SparkSession spark = session(2)) {
            for (SmallJob.Mode mode : SmallJob.Mode.values()) {
                JobSpec job = SmallJob.job(rows.toString(), "csv", mode, "data.validation=null", "data.scale=none");
                assertThat(train(spark, job)).as(mode.name()).isEqualTo(trainWithoutSpark(job));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"3, 8, 32", "7, 8, 4", "101, 16, 5", "401, 3, 1000"})
    void fewRowsManyShardsAndAnyBatchSimplyWork(int rowCount, int shards, int batchSize) throws IOException {
        List<String> lines = SmallJob.lines().subList(0, rowCount);
        Path file = Files.write(folder.resolve("few.csv"), lines);
        JobSpec job = SmallJob.job(
                file.toString(),
                "csv",
                SmallJob.Mode.GRADIENT,
                "data.validation=null",
                "data.scale=none",
                "data.train.classes=[ant, bee, cicada]",
                "data.shards=" + shards,
                "train.batchSize=" + batchSize);
        String one;
        try (SparkSession spark = session(1)) {
            one = train(spark, job);
        }
        try (SparkSession spark = session(3)) {
            assertThat(train(spark, job)).isEqualTo(one);
        }
    }

    private static SparkSession session(int cores) {
        return builder(cores).getOrCreate();
    }

    private static SparkSession.Builder builder(int cores) {
        return SparkSession.builder()
                .master("local[" + cores + "]")
                .config("spark.ui.enabled", "false")
                .config("spark.task.cpus", "1")
                .config("spark.sql.shuffle.partitions", "3");
    }

    private static String train(SparkSession spark, JobSpec job) {
        TrainingJob.Result result = new TrainingJob(spark, job, new TrainingListener() {}).run();
        return ModelFiles.sha256(result.model().parameters());
    }

    private static String trainWithoutSpark(JobSpec job) {
        RowLayout layout = new RowLayout(Shape.of(12), Shape.of(1), false, false);
        Map<String, Integer> classes = Map.of("ant", 0, "bee", 1, "cicada", 2);
        List<String> lines = SmallJob.lines();
        float[] packed = new float[lines.size() * layout.width()];
        for (int row = 0; row < lines.size(); row++) {
            String[] cells = lines.get(row).split(",");
            for (int j = 0; j < 12; j++) {
                packed[row * layout.width() + j] = (float) Double.parseDouble(cells[j]) + 0f;
            }
            packed[row * layout.width() + 12] = classes.get(cells[12]);
        }
        TrainingPlan plan = new TrainingPlan(
                job.train().seed(),
                job.data().shards(),
                lines.size(),
                lines.size(),
                job.train().batchSize(),
                job.train().epochs(),
                Augmentation.NONE,
                job.sync().compression());
        List<MemoryShard> shards = CanonicalOrder.shards(layout, packed, lines.size(), plan.shards(), plan.seed());
        Network network = Network.bind(job.model(), layout.features());
        ParameterUpdate update = new ParameterUpdate(
                network,
                job.optimizer(),
                job.train().schedule(),
                plan,
                job.train().clipping());
        TrainingSetup setup =
                new TrainingSetup(new EvaluationSetup(job.model(), layout, Scaling.NONE, plan.seed(), 0), plan, update);
        Workers workers = new LocalWorkers(setup, shards, List.of());
        SyncSpec sync = job.sync();
        Synchronizer synchronizer = sync.mode() == SyncSpec.Mode.GRADIENT
                ? new Synchronizer.Gradient(setup, workers)
                : new Synchronizer.Averaging(plan, sync.localSteps(), sync.outer(), workers);
        TrainState end = new Trainer(setup, synchronizer, workers, null, new RoundListener() {})
                .train(setup.initialState(synchronizer.outerMomentum()));
        return ModelFiles.sha256(end.parameters());
    }
}
