package dev.lockstep.spark.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.io.LockstepVersion;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.posterior.WeightTrace;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.shard.ShardedData;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decides a model's bits: every setting of the job by its key, and the digests of its canonical rows.
 * What decides none (paths and formats of the rows, the transport, checkpoints, the output) is no part of it, nor is
 * the number of epochs, unless a schedule follows from it.
 *
 * @param settings key to value: a {@link Long}, {@link Double}, {@link Boolean} or {@link String}; in the order in
 *     which differences are named. {@link FingerprintCodec} writes it
 */
public record JobFingerprint(Map<String, Object> settings) {
    /** Settings of a job file that decide no bit. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("sync.transport");

    private static final int DIFFERENCES_SHOWN = 3;

    public JobFingerprint {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /**
     * The fingerprint of a job whose rows have been read.
     *
     * @param initial what decides how its network begins, beside the seed
     */
    public static JobFingerprint of(JobSpec job, JobData data, Map<String, String> initial) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("lockstep", LockstepVersion.current());
        add("train", SpecMapper.tree(job.train()), settings);
        WeightTrace trace = job.train().trace();
        if (job.train().schedules().values().stream().noneMatch(Schedule::needsLength)
                && (trace == null || !trace.average().needsLength())) {
            settings.remove("train.epochs");
        }
        settings.put("data.shards", (long) job.data().shards());
        add("data.scale", SpecMapper.tree(job.data().scale()), settings);
        add("data.scaleTarget", SpecMapper.tree(job.data().scaleTarget()), settings);
        add("data.augment", SpecMapper.tree(job.data().augment()), settings);
        add("model", SpecMapper.tree(job.model().over(data.encoding())), settings);
        settings.putAll(initial);
        add("optimizer", SpecMapper.tree(job.optimizer()), settings);
        add("sync", SpecMapper.tree(job.sync()), settings);
        settings.keySet().removeAll(WITHOUT_EFFECT);
        add("data.train.rows", data.training(), settings);
        settings.put("data.train.classes", (long) data.classes());
        if (data.validation() != null) {
            add("data.validation.rows", data.validation(), settings);
        }
        return new JobFingerprint(settings);
    }

    private static void add(String key, ShardedData rows, Map<String, Object> settings) {
        RowLayout layout = rows.layout();
        settings.put(key + ".count", rows.rows());
        settings.put(key + ".features", layout.features().toString());
        settings.put(key + ".target", layout.target().toString());
        settings.put(key + ".weighted", layout.weighted());
        settings.put(key + ".sequences", layout.sequences());
        settings.put(key + ".digest", RowsDigest.of(rows.shards()));
    }

    private static void add(String key, JsonNode tree, Map<String, Object> settings) {
        if (tree.isObject() && !tree.isEmpty()) {
            for (Iterator<String> names = tree.fieldNames(); names.hasNext(); ) {
                String name = names.next();
                add(key + "." + name, tree.get(name), settings);
            }
        } else if (tree.isArray() && !tree.isEmpty()) {
            for (int i = 0; i < tree.size(); i++) {
                add(key + "." + i, tree.get(i), settings);
            }
        } else if (tree.isIntegralNumber()) {
            settings.put(key, tree.longValue());
        } else if (tree.isNumber()) {
            settings.put(key, tree.doubleValue());
        } else if (tree.isBoolean()) {
            settings.put(key, tree.booleanValue());
        } else {
            settings.put(key, tree.isTextual() ? tree.textValue() : tree.toString());
        }
    }

    /** SHA-256 over all settings, in hexadecimal. */
    public String sha256() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(FingerprintCodec.encode(this)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** The keys whose values differ in another fingerprint, each with the other's value and this one's. */
    public List<String> differences(JobFingerprint other) {
        Set<String> keys = new TreeSet<>(other.settings.keySet());
        keys.removeAll(settings.keySet());
        List<String> ordered = new ArrayList<>(settings.keySet());
        ordered.addAll(keys);
        List<String> differences = new ArrayList<>();
        for (String key : ordered) {
            Object own = settings.get(key);
            Object others = other.settings.get(key);
            if (own == null || !own.equals(others)) {
                differences.add(key + " is " + shown(others) + " there, " + shown(own) + " here");
            }
        }
        return differences;
    }

    /**
     * Checks that what an earlier run left belongs to this job.
     *
     * @param other the fingerprint of the earlier run's job
     * @param place where it is
     * @param what what the error calls it
     * @param setting the key of the job file that names another place
     * @throws CheckpointException if it belongs to another job; it names the first differences
     */
    void checkSame(JobFingerprint other, String place, String what, String setting) {
        List<String> all = differences(other);
        if (all.isEmpty()) {
            return;
        }
        String shown = all.stream().limit(DIFFERENCES_SHOWN).collect(Collectors.joining("; "));
        int more = all.size() - DIFFERENCES_SHOWN;
        throw new CheckpointException(
                place,
                what + " belongs to another job: " + shown + (more > 0 ? "; and " + more + " more" : "")
                        + ". --overwrite starts over, --set " + setting + "=DIR keeps it");
    }

    private static String shown(@Nullable Object value) {
        return value == null ? "absent" : value.toString();
    }
}
