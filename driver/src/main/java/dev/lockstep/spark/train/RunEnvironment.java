package dev.lockstep.spark.train;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.LockstepVersion;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.sync.ProcessFacts;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/** What a run was trained with and on: nothing of it decides a bit of the model, but for Lockstep's version. */
final class RunEnvironment {
    private RunEnvironment() {}

    /**
     * The content of {@code environment.json}.
     *
     * @param executors the processes that hold the shards
     * @param fingerprint of the job, SHA-256
     */
    static ObjectNode json(
            JavaSparkContext context, ShardAssignment assignment, List<ProcessFacts> executors, String fingerprint) {
        ObjectNode json = SpecMapper.json().createObjectNode();
        json.put("lockstep", LockstepVersion.current());
        json.put("spark", context.version());
        json.put("scala", scala.util.Properties.versionNumberString());
        json.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        json.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        json.put("master", context.master());
        json.put("application", context.sc().applicationId());
        json.put("shards", assignment.shards());
        json.put("tasks", assignment.tasks());
        json.put("ranks", assignment.ranks());
        json.put("fingerprint", fingerprint);
        json.put("trained", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        List<ProcessFacts> all = new ArrayList<>(executors);
        ProcessFacts driver = ProcessFacts.here();
        if (!all.contains(driver)) {
            all.add(0, driver);
        }
        ArrayNode processes = json.putArray("processes");
        for (ProcessFacts process : all) {
            processes
                    .addObject()
                    .put("name", process.name())
                    .put("java", process.java())
                    .put("kernels", process.kernels())
                    .put("processors", process.processors())
                    .put("heapMebibytes", process.heapBytes() >> 20);
        }
        return json;
    }
}
