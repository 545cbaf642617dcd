package dev.lockstep.spark.ml;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.io.ModelDirectory;
import dev.lockstep.spark.report.MetricsFile;
import dev.lockstep.spark.report.ModelBundle;
import dev.lockstep.spark.report.ModelOrigin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * A model of spark.ml on a Hadoop file system: {@code metadata} as Spark writes it, and beside it in {@code data} the
 * directory that {@code train} would have written, which all commands read. What the command line has written is read
 * as well.
 */
final class ModelStore {
    private static final String METADATA = "metadata";
    private static final String COUNTS = "classes.json";

    private final Configuration configuration;
    private final String path;

    /**
     * What is stored of a model.
     *
     * @param model the network
     * @param history how its training went; null: not known
     * @param counts how good its classes were in training; null: not known
     */
    record Content(
            SavedModel model,
            @Nullable TrainingHistory history,
            @Nullable ClassCounts counts) {}

    ModelStore(SparkSession spark, String path) {
        configuration = spark.sessionState().newHadoopConf();
        this.path = LocalSaving.place(path);
    }

    /** Whether Spark's metadata are there; the command line writes none. */
    boolean hasMetadata() throws IOException {
        return FileSystems.exists(new Path(path, METADATA).toString(), configuration);
    }

    /** Writes all but the metadata. */
    void write(Content content) throws IOException {
        FileDirectory directory = directory(new Path(path, ModelDirectory.INSIDE).toString());
        if (content.history() != null) {
            write(directory, MetricsFile.NAME, content.history().text());
        }
        if (content.counts() != null) {
            write(directory, COUNTS, content.counts().text());
        }
        ModelBundle.write(directory, content.model(), ModelOrigin.SAVED);
    }

    private static void write(FileDirectory directory, String name, String text) throws IOException {
        directory.write(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Reads what Spark, or the command line, has written. */
    Content read() throws IOException {
        FileDirectory directory = ModelDirectory.find(path, configuration);
        SavedModel model = ModelFiles.load(directory);
        String metrics = text(directory, MetricsFile.NAME);
        String counts = text(directory, COUNTS);
        return new Content(
                model,
                metrics == null ? null : TrainingHistory.parse(metrics),
                counts == null ? null : ClassCounts.parse(counts));
    }

    private static @Nullable String text(FileDirectory directory, String name) throws IOException {
        if (!directory.exists(name)) {
            return null;
        }
        try (InputStream in = directory.open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private FileDirectory directory(String place) throws IOException {
        return FileSystems.directory(place, configuration);
    }
}
