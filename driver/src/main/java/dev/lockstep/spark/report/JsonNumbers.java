package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Numbers in JSON, which knows no NaN and no infinity: a figure that does not exist is null there. */
public final class JsonNumbers {
    private JsonNumbers() {}

    /** The object with null for every number that is not finite, at any depth; changed in place. */
    public static ObjectNode finite(ObjectNode json) {
        replace(json);
        return json;
    }

    private static JsonNode replace(JsonNode node) {
        if (node instanceof ObjectNode map) {
            map.fields().forEachRemaining(entry -> entry.setValue(replace(entry.getValue())));
        } else if (node instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                list.set(i, replace(list.get(i)));
            }
        }
        return node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue()) ? NullNode.getInstance() : node;
    }
}
