package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.sync.allreduce.Footprint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.RDDBlockId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import scala.collection.JavaConverters;

/**
 * Cancelling means stopping: at once, whatever the way, without a trace in the application, and without touching what
 * others do there. Tasks have two ranks.
 */
@Timeout(240)
class CancelledTrainingTest {
    private static final String LONG = "train.epochs=100000";

    @TempDir
    private static Path folder;

    private static SparkSession spark;
    private static JavaSparkContext context;
    private static String rows;

    /** Ways to cancel a training. */
    enum Way {
        CANCEL,
        INTERRUPT,
        JOB_GROUP
    }

    @BeforeAll
    static void start() throws IOException {
        // A task may fail twice: rows that are gone are built again by its next attempt.
        spark = SparkSession.builder()
                .master("local[4,3]")
                .config("spark.ui.enabled", "false")
                .config("spark.task.cpus", "2")
                .getOrCreate();
        context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        rows = SmallJob.write(folder, 3, 4).toString();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    /** A training in a thread of its own. */
    private static final class Running implements TrainingListener {
        private final CountDownLatch steps = new CountDownLatch(20);
        private final CompletableFuture<Throwable> end = new CompletableFuture<>();
        private final Thread thread;
        private final TrainingJob training;

        Running(SmallJob.Mode mode) {
            JobSpec job = SmallJob.job(rows, "csv", mode, LONG);
            training = new TrainingJob(spark, job, this);
            thread = new Thread(() -> {
                context.setJobGroup("a training", "to be cancelled", false);
                try {
                    end.complete(new AssertionError("it ended by itself: " + training.run()));
                } catch (Throwable e) {
                    end.complete(e);
                }
            });
        }

        @Override
        public void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {
            steps.countDown();
        }

        /** What the training ends with; null if it has not ended by then. */
        Throwable end(long millis) throws Exception {
            try {
                return end.get(millis, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                return null;
            }
        }

        void cancel(Way way) {
            switch (way) {
                case CANCEL -> training.cancel();
                case INTERRUPT -> thread.interrupt();
                case JOB_GROUP -> context.cancelJobGroup("a training");
            }
        }
    }

    private static String sha256(SmallJob.Mode mode) {
        JobSpec job = SmallJob.job(rows, "csv", mode);
        return ModelFiles.sha256(new TrainingJob(spark, job, new TrainingListener() {})
                .run()
                .model()
                .parameters());
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aTrainingEndsAtOnceAndTheNextOneHasItsBits(Way way) throws Exception {
        for (SmallJob.Mode mode : List.of(SmallJob.Mode.GRADIENT, SmallJob.Mode.ALLREDUCE, SmallJob.Mode.AVERAGING)) {
            Running running = new Running(mode);
            running.thread.start();
            assertThat(running.steps.await(60, TimeUnit.SECONDS)).isTrue();
            Throwable end = null;
            // Spark forgets the cancellation of a group that has no job at that moment.
            for (int attempt = 0; end == null && attempt < (way == Way.JOB_GROUP ? 50 : 1); attempt++) {
                running.cancel(way);
                end = running.end(way == Way.JOB_GROUP ? 200 : 10_000);
            }
            assertThat(end).as("%s, %s", way, mode).isInstanceOf(TrainingCancelledException.class);
            assertThat(sha256(mode)).isEqualTo(mode.sha256());
        }
        assertThat(context.getPersistentRDDs()).isEmpty();
        assertThat(Footprint.settled().threads()).isZero();
    }

    @Tag("compat")
    @Test
    void aTrainingThatIsCancelledBeforeItRunsDoesNotBegin() {
        TrainingJob training = new TrainingJob(
                spark, SmallJob.job(rows, "csv", SmallJob.Mode.GRADIENT, LONG), new TrainingListener() {});
        training.cancel();
        assertThatThrownBy(training::run)
                .isInstanceOf(TrainingCancelledException.class)
                .hasMessage("the training was cancelled");
    }

    @Tag("compat")
    @Test
    void jobsOfOthersGoOn() throws Exception {
        Running running = new Running(SmallJob.Mode.GRADIENT);
        running.thread.start();
        assertThat(running.steps.await(60, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<List<Integer>> other = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            try {
                begun.countDown();
                other.complete(context.parallelize(List.of(1), 1)
                        .map(number -> {
                            TimeUnit.SECONDS.sleep(3);
                            return number;
                        })
                        .collect());
            } catch (Exception e) {
                other.completeExceptionally(e);
            }
        });
        thread.start();
        begun.await();
        TimeUnit.MILLISECONDS.sleep(500);
        running.training.cancel();
        assertThat(running.end(10_000)).isInstanceOf(TrainingCancelledException.class);
        assertThat(other.get(30, TimeUnit.SECONDS)).containsExactly(1);
    }

    /**
     * What an executor's loss does to ranks elsewhere that have read its rows: the rows are gone, the ranks are not.
     */
    @ParameterizedTest
    @EnumSource(
            value = SmallJob.Mode.class,
            names = {"GRADIENT", "AVERAGING"})
    void rowsThatAreGoneAreBuiltAgain(SmallJob.Mode mode) {
        boolean[] lost = new boolean[1];
        JobSpec job = SmallJob.job(rows, "csv", mode);
        String sha256 = ModelFiles.sha256(new TrainingJob(spark, job, new TrainingListener() {
                    @Override
                    public void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {
                        if (!lost[0] && epoch == 2) {
                            lost[0] = loseRows();
                        }
                    }
                })
                .run()
                .model()
                .parameters());
        assertThat(lost[0]).isTrue();
        assertThat(sha256).isEqualTo(mode.sha256());
    }

    /** Removes the blocks of rows, which lie beyond the partitions of their RDD. */
    private static boolean loseRows() {
        boolean lost = false;
        for (Object id : JavaConverters.seqAsJavaList(SparkEnv.get()
                .blockManager()
                .getMatchingBlockIds(new RddBlocks())
                .toList())) {
            RDDBlockId block = (RDDBlockId) id;
            int partitions = context.getPersistentRDDs().get(block.rddId()).getNumPartitions();
            if (block.splitIndex() >= partitions) {
                SparkEnv.get().blockManager().removeBlock(block, true);
                lost = true;
            }
        }
        return lost;
    }

    /** Chooses blocks of RDDs. */
    private static final class RddBlocks extends scala.runtime.AbstractFunction1<BlockId, Object> {
        @Override
        public Object apply(BlockId id) {
            return id.isRDD();
        }
    }
}
