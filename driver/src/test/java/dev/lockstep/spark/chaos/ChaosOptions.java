package dev.lockstep.spark.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What {@code scripts/chaos} is asked to do.
 *
 * @param minutes how long faults are injected, as it was given
 * @param seed decides the faults
 * @param jobs which jobs are trained by turns
 * @param folder for all files, as it was given; null: one for the seed
 * @param undisturbed the folder of an earlier call whose undisturbed runs count, as it was given; null: none
 */
record ChaosOptions(String minutes, long seed, List<ChaosJob> jobs, String folder, String undisturbed) {
    /**
     * Reads the command line.
     *
     * @throws ChaosException if it is wrong
     */
    static ChaosOptions parse(String... arguments) {
        ChaosOptions options = new ChaosOptions("10", 1, List.of(ChaosJob.values()), null, null);
        for (int i = 0; i < arguments.length; i += 2) {
            String name = arguments[i];
            if (!List.of("--minutes", "--seed", "--jobs", "--dir", "--undisturbed")
                    .contains(name)) {
                throw new ChaosException(
                        "unknown argument " + name + " (--minutes, --seed, --jobs, --dir, --undisturbed)");
            }
            if (i + 1 == arguments.length) {
                throw new ChaosException(name + " needs a value");
            }
            options = options.with(name, arguments[i + 1]);
        }
        return options;
    }

    private ChaosOptions with(String name, String value) {
        return switch (name) {
            case "--minutes" -> new ChaosOptions(minutes(value), seed, jobs, folder, undisturbed);
            case "--seed" -> new ChaosOptions(minutes, seed(value), jobs, folder, undisturbed);
            case "--jobs" -> new ChaosOptions(minutes, seed, jobs(value), folder, undisturbed);
            case "--dir" -> new ChaosOptions(minutes, seed, jobs, value, undisturbed);
            default -> new ChaosOptions(minutes, seed, jobs, folder, value);
        };
    }

    private static String minutes(String value) {
        if (!value.matches("[0-9]+(\\.[0-9]+)?")) {
            throw new ChaosException("--minutes " + value + ": expected a number");
        }
        return value;
    }

    private static long seed(String value) {
        try {
            return Long.parseUnsignedLong(value);
        } catch (NumberFormatException e) {
            throw new ChaosException("--seed " + value + ": expected a whole number");
        }
    }

    private static List<ChaosJob> jobs(String value) {
        List<ChaosJob> jobs = new ArrayList<>();
        for (String name : value.split(" ")) {
            if (!name.isEmpty()) {
                jobs.add(ChaosJob.of(name));
            }
        }
        if (jobs.isEmpty()) {
            throw new ChaosException("--jobs: expected one at least");
        }
        return jobs;
    }

    /**
     * The folder for all files.
     *
     * @param runs where that of a seed lies
     */
    Path folder(Path runs) {
        return folder == null ? runs.resolve("chaos-" + seedText()) : Path.of(folder);
    }

    /** The seed, which is not negative. */
    String seedText() {
        return Long.toUnsignedString(seed);
    }

    /** The job of a run, by its number from 1: the jobs take turns, and another seed begins with another one. */
    ChaosJob job(int run) {
        return jobs.get((int) Math.floorMod(seed + run - 2, (long) jobs.size()));
    }

    /** The jobs' names, as they are given. */
    String jobNames() {
        return jobs.stream().map(ChaosJob::toString).collect(Collectors.joining(" "));
    }

    /** How long faults are injected. */
    Duration duration() {
        return Duration.ofMillis((long) (Double.parseDouble(minutes) * 60_000));
    }
}
