package dev.lockstep.spark.predict;

import dev.lockstep.spark.io.FileSystems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.OutputCommitter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitter;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitterFactory;
import org.apache.spark.internal.io.FileNameSpec;
import org.apache.spark.internal.io.HadoopMapReduceCommitProtocol;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * Spark's way to write a data set to an object store: with the committer that the store's file system brings. Tasks
 * upload their files to where they are to be, and the files appear when the whole job is committed. Spark's own way
 * renames each file twice, which copies it there.
 */
public final class UploadCommitProtocol extends HadoopMapReduceCommitProtocol {
    private static final long serialVersionUID = 1L;

    private static final String SPARKS = SQLHadoopMapReduceCommitProtocol.class.getName();
    private static final String PROTOCOL = "spark.sql.sources.commitProtocolClass";
    private static final String COMMITTER = "fs.s3a.committer.name";
    private static final String MAGIC = "magic";
    private static final String CAPABILITY = "fs.s3a.capability.magic.committer";

    private final String path;
    private transient @Nullable PathOutputCommitter committer;

    /** As Spark makes it, by its name. */
    public UploadCommitProtocol(String jobId, String path, boolean dynamicPartitionOverwrite) {
        super(jobId, path, dynamicPartitionOverwrite);
        this.path = path;
    }

    /**
     * Makes a session write with this protocol, if the output is on a file system with such a committer and neither
     * session nor configuration name another way.
     *
     * @param spark a session that writes nothing else
     * @return what else the writer must be told
     */
    static Map<String, String> applyTo(SparkSession spark, String output) throws IOException {
        Configuration configuration = spark.sessionState().newHadoopConf();
        if (!FileSystems.hasCapability(output, CAPABILITY, configuration)
                || !spark.sessionState().conf().fileCommitProtocolClass().equals(SPARKS)) {
            return Map.of();
        }
        spark.conf().set(PROTOCOL, UploadCommitProtocol.class.getName());
        String committer = configuration.get(COMMITTER, "file");
        return committer.equals("file") ? Map.of(COMMITTER, MAGIC) : Map.of();
    }

    @Override
    public OutputCommitter setupCommitter(TaskAttemptContext context) {
        try {
            committer = PathOutputCommitterFactory.createCommitter(new Path(path), context);
            return committer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String newTaskTempFile(TaskAttemptContext context, Option<String> directory, FileNameSpec name) {
        try {
            Path work = Objects.requireNonNull(committer).getWorkPath();
            Path folder = directory.isDefined() ? new Path(work, directory.get()) : work;
            return new Path(folder, getFilename(context, name)).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
