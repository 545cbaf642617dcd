package dev.lockstep.spark.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.spec.Excerpt;
import java.util.List;

/**
 * One {@code --set a.b=c} of the command line: a value that takes the place of the job file's.
 *
 * @param path keys joined by dots, list elements by their index from 0
 * @param value the value, parsed as YAML
 */
record Setting(String path, JsonNode value) {

    /** Parses the text after {@code --set}. */
    static Setting parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new JobException("--set " + Excerpt.of(text), "expected key=value, such as train.epochs=5");
        }
        String path = text.substring(0, equals).strip();
        if (path.startsWith(".") || path.endsWith(".") || path.contains("..")) {
            throw new JobException(
                    "--set " + Excerpt.of(text), "expected keys joined by single dots, got " + Excerpt.quoted(path));
        }
        if (path.chars().filter(character -> character == '.').count() >= YamlTree.MAX_DEPTH) {
            throw new JobException(
                    "--set " + Excerpt.of(text), "expected at most " + YamlTree.MAX_DEPTH + " keys joined by dots");
        }
        if (text.substring(equals + 1).isBlank()) {
            throw new JobException(
                    "--set " + Excerpt.of(text), "expected a value after =, got none; null means the default");
        }
        YamlTree tree = YamlTree.parse(text.substring(equals + 1), "--set " + Excerpt.of(path));
        return new Setting(path, tree.root());
    }

    /** Whether a path lies at or below this setting's. */
    boolean covers(String other) {
        return other.equals(path) || other.startsWith(path + ".");
    }

    /** Puts the value into a tree, making the maps on the way that are missing. */
    void apply(ObjectNode root) {
        List<String> keys = List.of(path.split("\\."));
        JsonNode node = root;
        for (int i = 0; i < keys.size() - 1; i++) {
            node = descend(node, keys, i);
        }
        put(node, keys.get(keys.size() - 1), value);
    }

    /** The map or list under a key, made if there is none. */
    private JsonNode descend(JsonNode node, List<String> keys, int depth) {
        String key = keys.get(depth);
        JsonNode below = node instanceof ArrayNode list ? list.get(index(list, key)) : node.get(key);
        if (below != null && below.isContainerNode()) {
            return below;
        }
        if (below != null && !below.isNull() && !below.asText().equals(keys.get(depth + 1))) {
            String here = String.join(".", keys.subList(0, depth + 1));
            throw new JobException(
                    "--set " + Excerpt.of(path),
                    here + " is " + Excerpt.of(below.toString()) + ", not a map; set it as a whole: --set " + here
                            + "={...}");
        }
        // A bare name, such as optimizer: adam, becomes a map that can take settings.
        ObjectNode made = JsonNodeFactory.instance.objectNode();
        put(node, key, made);
        return made;
    }

    private void put(JsonNode node, String key, JsonNode child) {
        if (node instanceof ArrayNode list) {
            list.set(index(list, key), child);
        } else {
            ((ObjectNode) node).set(key, child);
        }
    }

    private int index(ArrayNode list, String key) {
        int index = key.matches("[0-9]{1,9}") ? Integer.parseInt(key) : -1;
        if (index < 0 || index >= list.size()) {
            throw new JobException(
                    "--set " + Excerpt.of(path),
                    "expected an index from 0 to " + (list.size() - 1) + ", got " + Excerpt.quoted(key));
        }
        return index;
    }
}
