package dev.lockstep.spark.predict;

import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.io.LockstepVersion;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.io.DirectoryInUseException;
import dev.lockstep.spark.io.DirectoryLease;
import dev.lockstep.spark.io.FileSystems;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * The directory for predictions: files of Spark's, beside {@value #MARK}, which says what wrote them. Only a directory
 * with that file is replaced, and only if nothing else is in it. One process at a time writes into it.
 */
public final class PredictionsDirectory implements AutoCloseable {
    /** Name of the file that marks the directory. Spark's readers skip names that begin like this. */
    public static final String MARK = "_PREDICTIONS";

    /** What Spark leaves in the directory of a data set, complete or not. */
    private static final Pattern SPARKS =
            Pattern.compile("_SUCCESS|part-[^/]+|\\.[^/]+\\.crc|_temporary/|__magic[^/]*/");

    private final String path;
    private final Configuration configuration;
    private final DirectoryLease lease;
    private final boolean replaces;
    private boolean complete;

    /**
     * What the mark says.
     *
     * @param lockstepVersion version of Lockstep that wrote the predictions
     * @param model SHA-256 of the model
     */
    private record Mark(String lockstepVersion, String model) {}

    private PredictionsDirectory(String path, Configuration configuration, DirectoryLease lease, boolean replaces) {
        this.path = path;
        this.configuration = configuration;
        this.lease = lease;
        this.replaces = replaces;
    }

    /**
     * Takes a directory for the predictions to come. Nothing is deleted yet.
     *
     * @param path the directory
     * @param overwrite whether to replace what an earlier prediction wrote
     * @param notice receives a line before a wait for an earlier process
     * @throws JobException if the directory exists and {@code overwrite} is false, contains foreign files, or another
     *     process writes into it
     */
    public static PredictionsDirectory open(
            String path, Configuration configuration, boolean overwrite, Consumer<String> notice) throws IOException {
        boolean there = FileSystems.exists(path, configuration);
        if (there && !overwrite) {
            throw new JobException(place(path), "already exists; --overwrite replaces it");
        }
        checkOwn(path, configuration);
        DirectoryLease lease;
        try {
            lease = DirectoryLease.acquire(FileSystems.directory(path, configuration), notice);
        } catch (DirectoryInUseException e) {
            throw new JobException(place(path), e.getMessage(), e);
        }
        return new PredictionsDirectory(path, configuration, lease, there);
    }

    private static String place(String path) {
        return "--output " + path;
    }

    private static void checkOwn(String path, Configuration configuration) throws IOException {
        List<String> entries = FileSystems.entries(path, configuration);
        boolean marked = entries.contains(MARK);
        for (String entry : entries) {
            boolean known = entry.equals(MARK) || entry.equals(DirectoryLease.NAME);
            if (!known && !(marked && SPARKS.matcher(entry).matches())) {
                throw new JobException(
                        place(path),
                        "--overwrite replaces only the output of an earlier predict, and \"" + entry
                                + "\" is not part of it: move it, or choose another directory");
            }
        }
    }

    /**
     * Deletes what an earlier prediction left, and marks the directory.
     *
     * @param model SHA-256 of the model
     */
    public void begin(String model) {
        byte[] mark = (SpecMapper.tree(new Mark(LockstepVersion.current(), model))
                                .toPrettyString() + "\n")
                .getBytes(StandardCharsets.UTF_8);
        try {
            checkOwn(path, configuration);
            for (String entry : FileSystems.entries(path, configuration)) {
                if (SPARKS.matcher(entry).matches()) {
                    FileSystems.delete(path + "/" + entry, configuration);
                }
            }
            lease.directory().write(MARK, out -> out.write(mark));
        } catch (IOException e) {
            throw new JobException(place(path), FileReason.of(e), e);
        }
    }

    /**
     * Makes a session write here in the way that suits the file system.
     *
     * @param spark a session that writes nothing else
     * @return what a writer must be told besides
     */
    public Map<String, String> writerOptions(SparkSession spark) {
        try {
            return UploadCommitProtocol.applyTo(spark, path);
        } catch (IOException e) {
            throw new JobException(place(path), FileReason.of(e), e);
        }
    }

    /** Everything has been written. */
    public void complete() {
        complete = true;
    }

    /** Lets others have the directory. What was not completed is deleted, unless it was to replace something. */
    @Override
    public void close() throws IOException {
        lease.close();
        if (!complete && !replaces) {
            checkOwn(path, configuration);
            FileSystems.delete(path, configuration);
        }
    }
}
