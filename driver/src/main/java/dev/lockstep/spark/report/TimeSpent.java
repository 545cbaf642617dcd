package dev.lockstep.spark.report;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The use of the time of a training, and what would save most of it.
 *
 * @param seconds of each kind of work; a kind that is missing took none
 * @param advice the setting that would help most, as a sentence; empty if nothing would
 */
public record TimeSpent(Map<Work, Double> seconds, String advice) {
    /** Nothing is known. */
    public static final TimeSpent UNKNOWN = new TimeSpent(Map.of(), "");

    /** What takes less is not worth a word. */
    private static final double LEAST_SHARE = 0.005;

    /** Kinds of work. */
    public enum Work {
        /** Reading rows, and dividing them into shards. */
        READING("reading rows"),
        /** The ranks' forward and backward passes and updates; the mean over the ranks. */
        COMPUTE("computing"),
        /** Sending gradients and parameters, starting Spark's jobs, merging. */
        EXCHANGE("exchanging gradients and parameters"),
        /** What ranks wait for the slowest of them. */
        WAITING("waiting for the slowest rank"),
        /** Measuring the validation rows. */
        VALIDATION("validation"),
        /** What training waits for checkpoints. */
        CHECKPOINTS("checkpoints"),
        /** What training waits for other trainings of the application. */
        OTHERS("waiting for other trainings"),
        /** All else. */
        REST("all else");

        private final String words;

        Work(String words) {
            this.words = words;
        }
    }

    /** Copies, in the order of the kinds. */
    public TimeSpent {
        Map<Work, Double> ordered = new EnumMap<>(Work.class);
        ordered.putAll(seconds);
        seconds = Collections.unmodifiableMap(ordered);
    }

    /** All of it. */
    public double total() {
        return seconds.values().stream().mapToDouble(each -> each).sum();
    }

    /** The share of a kind of work in all. */
    public double share(Work work) {
        double total = total();
        return total > 0 ? seconds.getOrDefault(work, 0.0) / total : 0;
    }

    /** The kinds of work that took any time worth a word, most of it first. */
    public List<Work> order() {
        return seconds.keySet().stream()
                .filter(work -> share(work) >= LEAST_SHARE)
                .sorted((a, b) -> Double.compare(share(b), share(a)))
                .toList();
    }

    /** For a person, one paragraph; empty if nothing is known. */
    public String paragraph() {
        if (total() <= 0) {
            return "";
        }
        String parts = order().stream()
                .map(work -> String.format(Locale.ROOT, "%s %.0f %%", work.words, 100 * share(work)))
                .collect(Collectors.joining(", "));
        return "Where " + Durations.of(total()) + " went: " + parts + "." + (advice.isEmpty() ? "" : " " + advice);
    }
}
