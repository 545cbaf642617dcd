package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.io.FileSystems;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** What the commands have in common: streams, the Spark session, reading jobs and models. */
abstract class SparkCommand implements Callable<Integer> {
    private final Streams streams;

    SparkCommand(Streams streams) {
        this.streams = streams;
    }

    final Streams streams() {
        return streams;
    }

    /** The session that spark-submit (or a test) has set up, made when first asked for. */
    static SparkSession session(String name) {
        return SparkSession.builder().appName("lockstep " + name).getOrCreate();
    }

    /**
     * Hadoop's configuration without starting Spark, which takes seconds: what stands on the class path and in
     * {@code spark.hadoop.*} properties.
     */
    static Configuration configuration() {
        Configuration configuration = new Configuration();
        String prefix = "spark.hadoop.";
        for (String key : System.getProperties().stringPropertyNames()) {
            if (key.startsWith(prefix)) {
                configuration.set(key.substring(prefix.length()), System.getProperty(key));
            }
        }
        return configuration;
    }

    static JobSpec job(String file, List<String> settings) {
        String text;
        try {
            text = FileSystems.readText(file, configuration());
        } catch (FileNotFoundException e) {
            throw new JobException(file, "there is no such job file", e);
        } catch (AccessDeniedException e) {
            throw new JobException(file, "no permission to read the job file", e);
        } catch (IOException e) {
            throw new JobException(file, "the job file cannot be read: " + e.getMessage(), e);
        }
        return JobFile.parse(text, file, settings);
    }

    static SavedModel model(String directory) throws IOException {
        return ModelFiles.load(FileSystems.directory(directory, configuration()));
    }
}
