package dev.lockstep.spark.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.spec.SpecException;
import dev.lockstep.nn.spec.SpecMapper;
import java.util.List;
import java.util.function.UnaryOperator;

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
        return bind(root.isNull() ? JsonNodeFactory.instance.objectNode() : root, tree::place, settings);
    }

    /**
     * A job as a tree, with settings put over it, but not checked.
     *
     * @param text the file's content
     * @param name the file's name, for messages
     * @param settings {@code key=value} each; the last one wins
     * @throws JobException if it is not YAML
     */
    public static JsonNode tree(String text, String name, List<String> settings) {
        JsonNode root = YamlTree.parse(text, name).root();
        if (root instanceof ObjectNode map) {
            settings.forEach(setting -> Setting.parse(setting).apply(map));
        }
        return root;
    }

    /**
     * Reads a text of YAML that is a part of a job, to be bound with the rest.
     *
     * @param name what errors call the text
     * @throws JobException if it is not YAML
     */
    public static JsonNode part(String text, String name) {
        return YamlTree.parse(text, name).root();
    }

    /**
     * Makes a job of what a program has put together.
     *
     * @param root the job as a tree
     * @param name what errors call it
     * @param settings {@code key=value} each, put over it; the last one wins
     * @throws JobException naming key, what was expected and what was found
     */
    public static JobSpec bind(ObjectNode root, String name, List<String> settings) {
        return bind(root, path -> name, settings);
    }

    private static JobSpec bind(JsonNode root, UnaryOperator<String> places, List<String> settings) {
        List<Setting> parsed = settings.stream().map(Setting::parse).toList();
        if (root instanceof ObjectNode map) {
            parsed.forEach(setting -> setting.apply(map));
        }
        try {
            return SpecMapper.bind(root, JobSpec.class, "");
        } catch (SpecException e) {
            boolean set = parsed.stream().anyMatch(setting -> setting.covers(e.path()));
            throw new JobException(set ? "--set" : places.apply(e.path()), e.getMessage(), e);
        }
    }
}
