package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings of a job by their keys: {@code train.batchSize}, {@code model.layers.0.dense.units}. */
final class JobSettings {
    private JobSettings() {}

    /** The settings in the order of the job; lists of plain values are one setting. */
    static Map<String, String> of(JsonNode job) {
        Map<String, String> settings = new LinkedHashMap<>();
        flatten("", job, settings);
        return settings;
    }

    private static void flatten(String key, JsonNode node, Map<String, String> settings) {
        if (node.isObject()) {
            node.fields()
                    .forEachRemaining(entry -> flatten(
                            key.isEmpty() ? entry.getKey() : key + "." + entry.getKey(), entry.getValue(), settings));
        } else if (node.isArray() && node.size() > 0 && node.get(0).isContainerNode()) {
            for (int i = 0; i < node.size(); i++) {
                flatten(key + "." + i, node.get(i), settings);
            }
        } else if (!node.isNull()) {
            settings.put(key, node.isTextual() ? node.asText() : node.toString());
        }
    }
}
