package dev.lockstep.spark.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.lockstep.nn.spec.Excerpt;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** A YAML document as a tree, with the line of each value. */
final class YamlTree {
    /** Only true and false are truth values: a class may be called {@code no}. */
    private static final YAMLFactory YAML = YAMLFactory.builder()
            .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .build();

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    static final int MAX_DEPTH = 100;
    private static final int MOST_PROBLEM = 300;

    private final String place;
    private final Map<String, Integer> lines = new HashMap<>();
    private final JsonNode root;

    private YamlTree(String text, String place) throws IOException {
        this.place = place;
        try (YAMLParser parser = YAML.createParser(text)) {
            parser.nextToken();
            root = parser.currentToken() == null ? NODES.nullNode() : value(parser, "", 0);
            if (parser.nextToken() != null) {
                throw new JobException(at(parser), "expected one document, got a second one");
            }
        }
    }

    /**
     * Parses a document.
     *
     * @param place the file, for messages
     * @throws JobException if it is not YAML, repeats a key or uses aliases
     */
    static YamlTree parse(String text, String place) {
        try {
            return new YamlTree(text, place);
        } catch (JsonProcessingException e) {
            if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
                String context = marked.getContext() == null ? "" : marked.getContext() + ", ";
                int line = marked.getProblemMark().getLine() + 1;
                throw new JobException(
                        place + ":" + line, "not YAML: " + Excerpt.of(context + marked.getProblem(), MOST_PROBLEM), e);
            }
            throw new JobException(
                    place,
                    "not YAML: "
                            + Excerpt.of(
                                    e.getOriginalMessage().lines().findFirst().orElse(""), MOST_PROBLEM),
                    e);
        } catch (IOException e) {
            throw new AssertionError("a text is read without input or output", e);
        }
    }

    /** The document. */
    JsonNode root() {
        return root;
    }

    /** File and line of the value at a path, or of the nearest one around it. */
    String place(String path) {
        String around = path;
        while (!lines.containsKey(around)) {
            int dot = around.lastIndexOf('.');
            if (dot < 0) {
                return place;
            }
            around = around.substring(0, dot);
        }
        return place + ":" + lines.get(around);
    }

    private JsonNode value(YAMLParser parser, String path, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new JobException(at(parser), "values are nested deeper than " + MAX_DEPTH);
        }
        if (parser.isCurrentAlias()) {
            throw new JobException(
                    at(parser), "aliases (*" + Excerpt.of(parser.getText()) + ") are not supported in job files");
        }
        lines.putIfAbsent(path, parser.currentTokenLocation().getLineNr());
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return map(parser, path, depth);
        }
        if (token == JsonToken.START_ARRAY) {
            ArrayNode list = NODES.arrayNode();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                list.add(value(parser, join(path, Integer.toString(list.size())), depth + 1));
            }
            return list;
        }
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return NODES.booleanNode(token == JsonToken.VALUE_TRUE);
        }
        // Numbers too stay as they are written: where a text is wanted, 1.10 and 007 are what they look like.
        return token == JsonToken.VALUE_NULL ? NODES.nullNode() : NODES.textNode(parser.getText());
    }

    private ObjectNode map(YAMLParser parser, String path, int depth) throws IOException {
        ObjectNode map = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            String below = join(path, key);
            if (map.has(key)) {
                throw new JobException(at(parser), Excerpt.of(below) + ": given twice, first in " + place(below));
            }
            lines.put(below, parser.currentTokenLocation().getLineNr());
            parser.nextToken();
            map.set(key, value(parser, below, depth + 1));
        }
        return map;
    }

    private String at(YAMLParser parser) {
        return place + ":" + parser.currentTokenLocation().getLineNr();
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
