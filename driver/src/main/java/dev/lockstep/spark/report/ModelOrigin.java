package dev.lockstep.spark.report;

import dev.lockstep.spark.config.JobSpec;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a model comes from, as far as it is known.
 *
 * @param job what trained it; null: not known
 * @param measures how good it is in the end; null: that was not measured
 * @param settings what decided its bits, by the keys of a checkpoint's manifest; empty: not known
 * @param file what it was imported from; null: it was not
 * @param license what others may do with it, in words or as SPDX names it; null: unknown
 */
public record ModelOrigin(
        @Nullable JobSpec job,
        @Nullable Measures measures,
        Map<String, Object> settings,
        @Nullable File file,
        @Nullable String license) {

    /** A model that a program saves, which knows nothing of its training but the metrics. */
    public static final ModelOrigin SAVED = new ModelOrigin(null, null, Map.of(), null, null);

    /**
     * A file of another program.
     *
     * @param name without its folders
     * @param sha256 of its bytes
     */
    public record File(String name, String sha256) {}

    /** Copies the map. */
    public ModelOrigin {
        settings = Map.copyOf(settings);
    }

    /** A model that a job has trained. */
    public static ModelOrigin trained(JobSpec job, @Nullable Measures measures, Map<String, Object> settings) {
        return new ModelOrigin(
                job,
                measures,
                settings,
                null,
                job.output() == null ? null : job.output().license());
    }

    /** A model that was read from a file of another program. */
    public static ModelOrigin imported(File file, @Nullable String license) {
        return new ModelOrigin(null, null, Map.of(), file, license);
    }

    /** What was done to have it. */
    String verb() {
        return file == null ? job == null ? "saved by" : "trained by" : "imported by";
    }

    /** By what, and from what. */
    String maker(String version) {
        return "Lockstep " + version
                + (file == null ? "" : " from " + ModelWords.code(file.name()) + ", SHA-256 `" + file.sha256() + "`");
    }
}
