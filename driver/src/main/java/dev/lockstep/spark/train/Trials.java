package dev.lockstep.spark.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.lockstep.nn.data.ContentHash;
import dev.lockstep.nn.random.CounterRandom;
import dev.lockstep.spark.config.SearchSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The trials of a search: what each sets. They follow from the search alone. */
public final class Trials {
    private Trials() {}

    /** What each trial sets: keys to values. */
    public static List<Map<String, JsonNode>> of(SearchSpec search) {
        return search.trials() == null ? grid(search) : random(search, search.trials());
    }

    /** All combinations; the last key changes first. */
    private static List<Map<String, JsonNode>> grid(SearchSpec search) {
        List<Map<String, JsonNode>> trials = List.of(Map.of());
        for (Map.Entry<String, SearchSpec.Choice> key : search.over().entrySet()) {
            List<Map<String, JsonNode>> longer = new ArrayList<>();
            for (Map<String, JsonNode> trial : trials) {
                for (JsonNode value : Objects.requireNonNull(key.getValue().values())) {
                    Map<String, JsonNode> more = new LinkedHashMap<>(trial);
                    more.put(key.getKey(), value);
                    longer.add(more);
                }
            }
            trials = longer;
        }
        return trials;
    }

    /** A key's values have a stream of their own, so that another key changes none of them. */
    private static List<Map<String, JsonNode>> random(SearchSpec search, int count) {
        List<Map<String, JsonNode>> trials = new ArrayList<>();
        for (int trial = 0; trial < count; trial++) {
            Map<String, JsonNode> values = new LinkedHashMap<>();
            for (Map.Entry<String, SearchSpec.Choice> key : search.over().entrySet()) {
                byte[] name = key.getKey().getBytes(StandardCharsets.UTF_8);
                long stream = ContentHash.hash(name, name.length, search.seed());
                values.put(key.getKey(), draw(key.getValue(), stream, trial));
            }
            trials.add(values);
        }
        return trials;
    }

    private static JsonNode draw(SearchSpec.Choice choice, long stream, int trial) {
        List<JsonNode> values = choice.values();
        if (values != null) {
            return values.get((int) CounterRandom.bounded(stream, trial, values.size()));
        }
        SearchSpec.Range range = Objects.requireNonNull(choice.range());
        double number = range.at(CounterRandom.bounded(stream, trial, 1L << 32) * 0x1.0p-32);
        return TextNode.valueOf(range.whole() ? Long.toString((long) number) : Double.toString(number));
    }
}
