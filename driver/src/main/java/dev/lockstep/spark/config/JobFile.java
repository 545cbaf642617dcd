package dev.lockstep.spark.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.spec.SpecException;
import dev.lockstep.nn.spec.SpecMapper;
import java.util.List;

/** Reads job files: YAML, the {@code --set} options of the command line put over it, bound to a {@link JobSpec}. */
public final class JobFile {
    private JobFile() {}

    /**
     * Reads a job.
     *
     * @param text the file's content
     * @param name the file's name, for messages
     * @param settings {@code key=value} each; the last one wins
     * @throws JobException naming file, line, key, what was expected and what was found
     */
    public static JobSpec parse(String text, String name, List<String> settings) {
        YamlTree tree = YamlTree.parse(text, name);
        JsonNode root = tree.root();
        if (root.isNull()) {
            root = JsonNodeFactory.instance.objectNode();
        }
        List<Setting> parsed = settings.stream().map(Setting::parse).toList();
        if (root instanceof ObjectNode map) {
            parsed.forEach(setting -> setting.apply(map));
        }
        try {
            return SpecMapper.bind(root, JobSpec.class, "");
        } catch (SpecException e) {
            boolean set = parsed.stream().anyMatch(setting -> setting.covers(e.path()));
            throw new JobException(set ? "--set" : tree.place(e.path()), e.getMessage(), e);
        }
    }
}
