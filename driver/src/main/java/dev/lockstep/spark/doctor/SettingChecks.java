package dev.lockstep.spark.doctor;

import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.sync.ProcessFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.SparkConf;

/**
 * What follows from settings alone, before any row is read.
 *
 * @param conf Spark's settings
 * @param job the job
 * @param ranks how many ranks share the shards
 * @param slots how many tasks can run at the same time
 * @param processes where they run
 */
record SettingChecks(SparkConf conf, JobSpec job, int ranks, int slots, List<ProcessFacts> processes) {
    private static final String VECTORS = "--add-modules=jdk.incubator.vector";
    private static final String SCALAR = "scalar";

    /** Below this share of the ranks' time at work, shards are divided badly. */
    private static final double FAIR_SHARE = 0.95;

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        processes(findings);
        shards(findings);
        spark(findings);
        return findings;
    }

    private void processes(List<Finding> findings) {
        for (ProcessFacts process : processes) {
            findings.add(Finding.fact(
                    "process",
                    String.format(
                            Locale.ROOT,
                            "%s: Java %s, %s kernels, %d processors, heap of %d MiB",
                            process.name(),
                            process.java(),
                            process.kernels(),
                            process.processors(),
                            process.heapBytes() >> 20)));
        }
        List<String> scalar = processes.stream()
                .filter(process -> process.kernels().equals(SCALAR))
                .map(ProcessFacts::name)
                .toList();
        if (!scalar.isEmpty()) {
            String side = scalar.contains("driver") ? "driver" : "executor";
            findings.add(new Finding(
                    "kernels",
                    String.join(", ", scalar) + ": scalar kernels, which are several times slower; the JVM lacks the"
                            + " module jdk.incubator.vector, or -Dlockstep.kernels=scalar is set",
                    List.of("--conf spark." + side + ".extraJavaOptions=" + VECTORS)));
        }
        long kinds = processes.stream().map(ProcessFacts::kernels).distinct().count();
        if (kinds > 1) {
            findings.add(Finding.fact(
                    "kernels",
                    "processes have different kernels; the bits are the same, but the slowest process sets the pace"));
        }
        processes.stream()
                .filter(process -> process.copies() > 1)
                .forEach(process -> findings.add(new Finding(
                        "class path",
                        process.name() + " has " + process.copies()
                                + " copies of Lockstep on its class path; Java uses the first one",
                        List.of("remove all but one of --jars, --packages and the jars folder of Spark"))));
    }

    private void shards(List<Finding> findings) {
        int shards = job.data().shards();
        int most = (shards + ranks - 1) / ranks;
        double share = shards / (double) (most * ranks);
        findings.add(Finding.fact(
                "shards",
                "data.shards " + shards + " on " + ranks + (ranks == 1 ? " rank" : " ranks") + " of " + slots
                        + " task slots"));
        if (share < FAIR_SHARE) {
            findings.add(new Finding(
                    "shards",
                    String.format(
                            Locale.ROOT,
                            "some ranks have %d shards and others fewer, so ranks wait for %.0f %% of a step; a"
                                    + " multiple of %d for data.shards avoids this, but is another job with other bits",
                            most,
                            100 * (1 - share),
                            ranks),
                    List.of("--set data.shards=" + most * ranks)));
        } else if (slots > shards) {
            findings.add(new Finding(
                    "shards",
                    "only " + shards + " of " + slots + " task slots have work; more shards are another job, with other"
                            + " bits",
                    List.of("--set data.shards=" + slots)));
        }
    }

    private void spark(List<Finding> findings) {
        if (conf.getBoolean("spark.speculation", false)) {
            findings.add(new Finding(
                    "speculation",
                    "Spark runs a slow task a second time, which must read its rows again",
                    List.of("--conf spark.speculation=false")));
        }
        if (conf.getBoolean("spark.network.crypto.enabled", false) || conf.getBoolean("spark.ssl.enabled", false)) {
            findings.add(Finding.fact("encryption", "ranks encrypt their messages, which costs processor time"));
        }
    }
}
