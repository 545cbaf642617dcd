package dev.lockstep.spark.doctor;

import java.util.List;

/**
 * Something that a person should know of a job or a cluster.
 *
 * @param subject what it is about, in one or two words
 * @param text what was found
 * @param remedies lines to paste: settings of the job file ({@code --set}) or of Spark ({@code --conf}); none if there
 *     is nothing to change
 */
public record Finding(String subject, String text, List<String> remedies) {
    /** Takes a copy. */
    public Finding {
        remedies = List.copyOf(remedies);
    }

    /** A fact, with nothing to change. */
    static Finding fact(String subject, String text) {
        return new Finding(subject, text, List.of());
    }

    /** Whether something should be changed. */
    public boolean isAdvice() {
        return !remedies.isEmpty();
    }
}
