package dev.lockstep.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.architecture.PublicApi;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.ml.NeuralNetworkClassifier;
import dev.lockstep.spark.predict.TablePrediction;
import dev.lockstep.spark.report.MetricsFile;
import dev.lockstep.spark.train.TrainingJob;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The stages for pipelines, jobs from a program, and the keys of job files. */
class PublicApiTest {
    /** All stages, models and summaries. */
    private static Set<Class<?>> stages() throws URISyntaxException, ClassNotFoundException {
        Path folder = Path.of(NeuralNetworkClassifier.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .resolve("dev/lockstep/spark/ml");
        File[] files = folder.toFile().listFiles((directory, name) -> name.matches("NeuralNetwork[A-Za-z]+\\.class"));
        assertThat(files).hasSizeGreaterThan(5);
        Set<Class<?>> stages = new LinkedHashSet<>();
        for (File file : files) {
            stages.add(Class.forName("dev.lockstep.spark.ml." + file.getName().replace(".class", "")));
        }
        return stages;
    }

    @Test
    void nothingThatProgramsCallIsGone() throws IOException, URISyntaxException, ClassNotFoundException {
        Set<Class<?>> all = stages();
        all.add(JobFile.class);
        all.add(TrainingJob.class);
        all.add(TablePrediction.class);
        all.add(MetricsFile.class);
        all.add(FileSystems.class);
        records(JobSpec.class, all);
        PublicApi.assertKept(all, Path.of("src", "test", "api.txt"), Path.of("target", "api.txt"));
    }

    /** A job's sections, and theirs. */
    private static void records(Class<?> type, Set<Class<?>> all) {
        if (!type.isRecord() || !type.getName().startsWith("dev.lockstep.spark") || !all.add(type)) {
            return;
        }
        for (var component : type.getRecordComponents()) {
            records(component.getType(), all);
        }
    }
}
