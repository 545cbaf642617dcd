package dev.lockstep.spark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.io.ModelDirectory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** What the commands have in common: streams, the Spark session, reading jobs and models. */
abstract class SparkCommand implements Callable<Integer> {
    private final Streams streams;

    @Option(names = "--json", description = "Print one JSON object instead of text.")
    private boolean json;

    SparkCommand(Streams streams) {
        this.streams = streams;
    }

    final Streams streams() {
        return streams;
    }

    /** Prints what the command has to say: one JSON object, or lines. */
    final void print(JsonNode object, List<String> lines) {
        if (json) {
            streams.out().println(object);
        }
        printLines(lines);
    }

    /** Prints lines for a person that are part of no object. */
    final void printLines(List<String> lines) {
        if (!json) {
            lines.forEach(streams.out()::println);
        }
    }

    /** A JSON object to be filled. */
    static ObjectNode object() {
        return SpecMapper.json().createObjectNode();
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
        return JobFile.parse(text(file), file, settings);
    }

    /** The content of a job file. */
    static String text(String file) {
        try {
            return read(file);
        } catch (IOException e) {
            throw new JobException(file, "the job file cannot be read: " + FileReason.of(e), e);
        }
    }

    private static String read(String file) throws IOException {
        try {
            return FileSystems.readText(file, configuration());
        } catch (FileNotFoundException | AccessDeniedException e) {
            // Hadoop's local files are not found whatever the reason is.
            throw new IOException(FileSystems.whyUnreadable(file, configuration()), e);
        }
    }

    /** Refuses a directory for results that cannot be written, before any work is done for it. */
    static void checkDirectory(String setting, String directory) {
        try {
            FileSystems.checkDirectory(directory, configuration());
        } catch (IOException e) {
            throw new JobException(setting, directory + " cannot be written: " + FileReason.of(e), e);
        }
    }

    /** The model in a directory: {@code train}'s, or one that spark.ml has saved. */
    static SavedModel model(String directory) throws IOException {
        return ModelDirectory.load(directory, configuration());
    }
}
