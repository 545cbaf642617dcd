package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.report.MetricsFile;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.report.TrainingOverview;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows, checkpoints, metrics and the model on a real HDFS of three datanodes, one of which is lost on the way. */
class HdfsTest {
    private static final int LOST_AT_STEP = 12;
    private static final int DIES_AT_STEP = 20;

    @TempDir
    private static Path folder;

    private static MiniDFSCluster hdfs;
    private static SparkSession spark;
    private static String root;

    @BeforeAll
    static void start() throws IOException {
        Configuration configuration = new Configuration();
        configuration.set(
                MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
        configuration.setInt("dfs.replication", 2);
        hdfs = new MiniDFSCluster.Builder(configuration).numDataNodes(3).build();
        hdfs.waitActive();
        root = "hdfs://127.0.0.1:" + hdfs.getNameNodePort();
        spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "3")
                .config("spark.hadoop.dfs.replication", "2")
                .getOrCreate();
    }

    @AfterAll
    static void stop() throws IOException {
        spark.stop();
        FileSystem.closeAll();
        hdfs.shutdown();
    }

    /** The driver's death, as far as files can tell: nothing is done after it. */
    private static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Loses a datanode, and later dies. */
    private static final class Misfortune implements TrainingListener {
        private boolean lost;

        @Override
        public void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {
            long step = (epoch - 1) * stepsInEpoch + stepInEpoch;
            if (step == LOST_AT_STEP) {
                lost = hdfs.stopDataNode(0) != null;
            }
            if (step == DIES_AT_STEP) {
                throw new Death();
            }
        }
    }

    @Test
    void aLostDatanodeAndALostDriverChangeNoBit() throws IOException {
        Path local = SmallJob.write(folder, 3, 1);
        Configuration configuration = spark.sparkContext().hadoopConfiguration();
        try (FileSystem files = FileSystem.newInstance(URI.create(root), configuration)) {
            files.copyFromLocalFile(
                    new org.apache.hadoop.fs.Path(local.toUri()), new org.apache.hadoop.fs.Path(root + "/rows"));
        }
        SmallJob.Mode mode = SmallJob.Mode.GRADIENT;
        JobSpec job = SmallJob.job(
                root + "/rows", "csv", mode, "checkpoint={every: {rounds: 3}, keep: 2}", "output.dir=" + root + "/out");
        FileDirectory directory = FileSystems.directory(root + "/out", configuration);
        MetricsFile metrics = new MetricsFile(directory);
        Misfortune misfortune = new Misfortune();
        try {
            new TrainingJob(spark, job, misfortune).run();
        } catch (Death e) {
            assertThat(misfortune.lost).isTrue();
        }

        List<Long> resumedAt = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void started(TrainingOverview plan) {
                resumedAt.add(plan.completedSteps());
                metrics.started(plan);
            }
        };
        SavedModel model = new TrainingJob(spark, job, listener).run().model();
        assertThat(resumedAt).containsExactly(18L);
        ModelFiles.save(directory, model);
        assertThat(ModelFiles.sha256(ModelFiles.load(directory).parameters())).isEqualTo(mode.sha256());
        assertThat(directory.list()).contains(ModelFiles.DESCRIPTION, ModelFiles.WEIGHTS, MetricsFile.NAME);
        assertThat(FileSystems.directory(root + "/out/checkpoints", configuration)
                        .list())
                .hasSize(4);
    }
}
