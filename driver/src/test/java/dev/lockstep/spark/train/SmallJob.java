package dev.lockstep.spark.train;

import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A small classification job whose model's bits are known: the same rows in files of many kinds, and job files for
 * them.
 */
public final class SmallJob {
    private static final int ROWS = 401;
    private static final int FEATURES = 12;
    private static final List<String> CLASSES = List.of("ant", "bee", "cicada");

    /** How the shards are synchronised, and the model that each must give. */
    public enum Mode {
        GRADIENT(
                "{mode: gradient, transport: driver}",
                "fffbe07a2688e73663e40b29c64aee9363f66fc47c6cbadccd55314ef236fb7c"),
        /** The same steps, the sums travelling between the ranks. */
        ALLREDUCE("{transport: allreduce}", GRADIENT.sha256),
        BFLOAT16(
                "{transport: driver, compression: bfloat16}",
                "5a7d125612c7ed40cee39d22057737b896e28302e3753fa179eb598142d22ac9"),
        BFLOAT16_ALLREDUCE("{transport: allreduce, compression: bfloat16}", BFLOAT16.sha256),
        FLOAT16(
                "{transport: driver, compression: float16}",
                "cd98f7e803563725af0893ace28694b22d5ce8702f595de6c53beebbaba75b8f"),
        FLOAT16_ALLREDUCE("{transport: allreduce, compression: float16}", FLOAT16.sha256),
        TOP_K(
                "{transport: driver, compression: {topK: 0.1}}",
                "d29dd95800fc2f21999e0c725e359bcef7b7b8904d59d95627e70cd98eb9602b"),
        TOP_K_ALLREDUCE("{transport: allreduce, compression: {topK: 0.1}}", TOP_K.sha256),
        AVERAGING(
                "{mode: averaging, localSteps: 3}", "4c58441cd859d6ac25f4dfb8346bc165b3635d5d0910aa6b03d6c0045015c733"),
        DILOCO(
                "{mode: averaging, localSteps: 4, outer: {nesterov: {learningRate: 0.7, momentum: 0.9}}}",
                "b342e339c786418421d253cb6ee911d2ae1ed01a0c90de7add346b84ecbf6151");

        private final String sync;
        private final String sha256;

        Mode(String sync, String sha256) {
            this.sync = sync;
            this.sha256 = sha256;
        }

        /** The mode of the same bits whose sums travel through the driver. */
        Mode byDriver() {
            return switch (this) {
                case ALLREDUCE -> GRADIENT;
                case BFLOAT16_ALLREDUCE -> BFLOAT16;
                case FLOAT16_ALLREDUCE -> FLOAT16;
                case TOP_K_ALLREDUCE -> TOP_K;
                default -> this;
            };
        }

        /** The {@code sync} of the job file. */
        String sync() {
            return sync;
        }

        /**
         * SHA-256 of the model, on any layout, JDK, Spark and kernel. Changes only with the numbers that are part of
         * the format ({@code docs/decisions/0003}) or with the mathematics.
         */
        String sha256() {
            return sha256;
        }
    }

    private SmallJob() {}

    /** The rows as CSV lines without a header: twelve features with three decimals, then the class. */
    static List<String> lines() {
        Random random = new Random(3);
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            int label = random.nextInt(CLASSES.size());
            StringBuilder line = new StringBuilder();
            for (int j = 0; j < FEATURES; j++) {
                int thousandths = random.nextInt(2001) - 1000 + (j % CLASSES.size() == label ? 600 : 0);
                line.append(thousandths / 1000.0).append(',');
            }
            lines.add(line.append(CLASSES.get(label)).toString());
        }
        return lines;
    }

    /**
     * Writes the rows, in an order that depends on the seed, to a number of files of uneven sizes; one of several is
     * empty.
     */
    public static Path write(Path directory, int files, int seed) throws IOException {
        List<String> lines = lines();
        Collections.shuffle(lines, new Random(seed));
        Path folder = Files.createDirectories(directory.resolve("rows-" + files + "-" + seed));
        int from = 0;
        for (int file = 0; file < files; file++) {
            int left = lines.size() - from;
            int share = file == 1 ? 0 : left * (file + 1) / files;
            int count = file == files - 1 ? left : share;
            Files.write(folder.resolve("part-" + file + ".csv"), lines.subList(from, from + count));
            from += count;
        }
        return folder;
    }

    /** The job over rows at a path. */
    public static JobSpec job(String path, String format, Mode mode, String... settings) {
        return JobFile.parse(text(path, format, mode), "small-job.yaml", List.of(settings));
    }

    /** The job file's text. */
    static String text(String path, String format, Mode mode) {
        return """
            data:
              train: {path: "%s", format: %s}
              validation: 0.2
              scale: standardise
            model:
              layers:
                - dense: {units: 17, activation: relu}
                - dropout: 0.2
                - dense: {units: 9, activation: tanh}
                - dense: 3
              loss: crossEntropy
            optimizer: {adam: {learningRate: 1e-2}}
            train: {epochs: 3, batchSize: 32, seed: 5, schedule: cosine}
            sync: %s
            output: {dir: unused}
            """.formatted(
                path, format + ", label: " + (format.equals("csv") ? "\"12\", header: false" : "label"), mode.sync());
    }
}
