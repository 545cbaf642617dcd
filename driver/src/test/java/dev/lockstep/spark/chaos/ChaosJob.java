package dev.lockstep.spark.chaos;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The jobs that are trained, a mode of synchronisation each. Rounds are a step, two or four steps, or an epoch at the
 * most, so checkpoints come every few seconds.
 */
enum ChaosJob {
    ALLREDUCE("{mode: gradient, transport: allreduce}", 30, 1),
    AVERAGING("{mode: averaging, localSteps: 2}", 24, 4),
    DRIVER("{mode: gradient, transport: driver}", 16, 4),
    DILOCO("{mode: averaging, localSteps: 4, outer: nesterov}", 48, 4);

    private static final int ROWS = 1500;
    private static final int FEATURES = 16;
    private static final int CLASSES = 3;
    private static final long MODULUS = Integer.MAX_VALUE;

    private final String sync;
    private final int epochs;
    private final int checkpointRounds;

    ChaosJob(String sync, int epochs, int checkpointRounds) {
        this.sync = sync;
        this.epochs = epochs;
        this.checkpointRounds = checkpointRounds;
    }

    /**
     * The job of a name.
     *
     * @throws ChaosException if there is none
     */
    static ChaosJob of(String name) {
        return Arrays.stream(values())
                .filter(job -> job.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new ChaosException("--jobs " + name + ": expected some of "
                        + Arrays.stream(values()).map(ChaosJob::toString).collect(Collectors.joining(", "))));
    }

    /** The job file, for the rows of a file. */
    String yaml(Path rows) {
        return """
                data: {train: {path: "%s", label: "%d", header: false}, validation: 0.1, scale: standardise, shards: 4}
                model:
                  layers:
                    - dense: {units: 96, activation: relu}
                    - dropout: 0.2
                    - dense: {units: 96, activation: tanh}
                    - dense: 3
                  loss: crossEntropy
                optimizer: {adam: {learningRate: 1e-3}}
                train: {epochs: %d, batchSize: 50, seed: 7, schedule: {warmup: {epochs: 1, then: cosine}}}
                sync: %s
                checkpoint: {every: {rounds: %d}, keep: 3}
                output: {dir: unused}
                """.formatted(rows, FEATURES, epochs, sync, checkpointRounds);
    }

    /** The rows of all jobs as CSV, from a generator of their own, so that they are the same everywhere. */
    static String rows() {
        StringBuilder text = new StringBuilder();
        long x = 12345;
        for (int row = 0; row < ROWS; row++) {
            x = x * 16807 % MODULUS;
            int label = (int) (x % CLASSES);
            for (int feature = 0; feature < FEATURES; feature++) {
                x = x * 16807 % MODULUS;
                double value = (double) x / MODULUS + (feature % CLASSES == label ? 0.4 : 0);
                text.append(new BigDecimal(value).setScale(3, RoundingMode.HALF_EVEN))
                        .append(',');
            }
            text.append("class").append(label).append('\n');
        }
        return text.toString();
    }

    /** The name, as the command line has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
