package dev.lockstep.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.spec.SpecMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * CycloneDX's own JSON schema, with the keywords of JSON Schema that it uses. Formats are not checked, nor what lies in
 * other files (signatures, names of licences).
 */
public final class BomSchema {
    private static final Set<String> KEYWORDS = Set.of(
            "$schema",
            "$id",
            "$ref",
            "type",
            "enum",
            "pattern",
            "minimum",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "uniqueItems",
            "items",
            "additionalItems",
            "properties",
            "additionalProperties",
            "required",
            "oneOf",
            "anyOf",
            "definitions",
            "format");

    private final JsonNode root;

    private BomSchema(JsonNode root) {
        this.root = root;
    }

    /** Fails if a document is no CycloneDX 1.6, naming the places. */
    public static void check(JsonNode document) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(BomSchema.class.getResourceAsStream("bom-1.6.schema.json"), "schema")) {
            BomSchema schema = new BomSchema(SpecMapper.json().readTree(in));
            assertThat(schema.faults(schema.root, document, "")).isEmpty();
        }
        references(document);
    }

    /** Each reference names a component, and no two components have the same one. */
    private static void references(JsonNode document) {
        List<String> names = document.findValuesAsText("bom-ref");
        assertThat(names).doesNotHaveDuplicates();
        assertThat(names).containsAll(document.findValuesAsText("ref"));
        for (JsonNode needed : document.findValues("dependsOn")) {
            needed.forEach(name -> assertThat(names).contains(name.asText()));
        }
    }

    private List<String> faults(JsonNode schema, JsonNode value, String place) {
        List<String> faults = new ArrayList<>();
        if (schema.isBoolean()) {
            if (!schema.booleanValue()) {
                faults.add(place + " is not allowed");
            }
            return faults;
        }
        schema.fieldNames().forEachRemaining(keyword -> assertThat(KEYWORDS).contains(keyword));
        String reference = schema.path("$ref").asText();
        if (reference.startsWith("#")) {
            return faults(root.at(reference.substring(1)), value, place);
        }
        if (schema.has("type") && !isOf(schema.get("type").asText(), value)) {
            faults.add(place + ": expected " + schema.get("type") + ", got " + value);
            return faults;
        }
        boolean listed = !schema.has("enum");
        for (JsonNode allowed : schema.path("enum")) {
            listed |= allowed.equals(value);
        }
        if (!listed) {
            faults.add(place + ": expected one of " + schema.get("enum") + ", got " + value);
        }
        if (value.isTextual()) {
            text(schema, value.textValue(), place, faults);
        } else if (value.isNumber()
                && schema.has("minimum")
                && value.asDouble() < schema.get("minimum").asDouble()) {
            faults.add(place + ": less than " + schema.get("minimum"));
        } else if (value.isArray()) {
            array(schema, value, place, faults);
        } else if (value.isObject()) {
            object(schema, value, place, faults);
        }
        alternatives(schema, value, place, faults);
        return faults;
    }

    private static boolean isOf(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> throw new IllegalArgumentException(type);
        };
    }

    private static void text(JsonNode schema, String value, String place, List<String> faults) {
        boolean fits = (!schema.has("pattern")
                        || Pattern.compile(schema.get("pattern").asText())
                                .matcher(value)
                                .find())
                && value.length() >= schema.path("minLength").asInt(0)
                && value.length() <= schema.path("maxLength").asInt(Integer.MAX_VALUE);
        if (!fits) {
            faults.add(place + ": \"" + value + "\" does not fit " + schema);
        }
    }

    private void array(JsonNode schema, JsonNode value, String place, List<String> faults) {
        if (value.size() < schema.path("minItems").asInt(0)
                || value.size() > schema.path("maxItems").asInt(Integer.MAX_VALUE)) {
            faults.add(place + ": " + value.size() + " items");
        }
        if (schema.path("uniqueItems").asBoolean()) {
            Set<JsonNode> distinct = new HashSet<>();
            value.forEach(item -> {
                if (!distinct.add(item)) {
                    faults.add(place + ": twice " + item);
                }
            });
        }
        JsonNode items = schema.path("items");
        for (int i = 0; i < value.size() && !items.isMissingNode(); i++) {
            JsonNode item = items.isArray() ? items.path(i) : items;
            faults.addAll(
                    item.isMissingNode()
                            ? List.of(place + "/" + i + " is too much")
                            : faults(item, value.get(i), place + "/" + i));
        }
    }

    private void object(JsonNode schema, JsonNode value, String place, List<String> faults) {
        for (JsonNode name : schema.path("required")) {
            if (!value.has(name.asText())) {
                faults.add(place + ": no " + name);
            }
        }
        for (Iterator<Map.Entry<String, JsonNode>> fields = value.fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            JsonNode known = schema.path("properties").path(field.getKey());
            JsonNode rule = known.isMissingNode() ? schema.path("additionalProperties") : known;
            if (!rule.isMissingNode()) {
                faults.addAll(faults(rule, field.getValue(), place + "/" + field.getKey()));
            }
        }
    }

    private void alternatives(JsonNode schema, JsonNode value, String place, List<String> faults) {
        for (String keyword : List.of("oneOf", "anyOf")) {
            if (schema.has(keyword)) {
                int fitting = 0;
                List<String> reasons = new ArrayList<>();
                for (JsonNode alternative : schema.get(keyword)) {
                    List<String> own = faults(alternative, value, place);
                    fitting += own.isEmpty() ? 1 : 0;
                    reasons.addAll(own);
                }
                if (fitting == 0 || keyword.equals("oneOf") && fitting > 1) {
                    faults.add(place + ": fits " + fitting + " of " + keyword + " " + reasons);
                }
            }
        }
    }
}
