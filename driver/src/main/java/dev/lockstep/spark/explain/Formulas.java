package dev.lockstep.spark.explain;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.spec.SpecName;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The formulas of all layers, losses, optimisers and schedules, by the names that job files give them. */
final class Formulas {
    private static final Map<String, Map<String, Formula>> ALL = read();

    private Formulas() {}

    private static Map<String, Map<String, Formula>> read() {
        try (InputStream in = Formulas.class.getResourceAsStream("formulas.yaml")) {
            return new ObjectMapper(new YAMLFactory())
                    .readValue(Objects.requireNonNull(in, "formulas.yaml"), new TypeReference<>() {});
        } catch (IOException e) {
            throw new IllegalStateException("cannot read formulas.yaml in the jar", e);
        }
    }

    static Formula of(LayerSpec layer) {
        return find("layers", layer);
    }

    static Formula of(Loss loss) {
        return find("losses", loss);
    }

    static Formula of(Optimizer optimizer) {
        return find("optimizers", optimizer);
    }

    static Formula of(Schedule schedule) {
        return find("schedules", schedule);
    }

    /** The names that have a formula. */
    static List<String> names(String kind) {
        return List.copyOf(kind(kind).keySet());
    }

    private static Formula find(String kind, Object spec) {
        return find(kind, name(spec));
    }

    /** The formula of a name. */
    static Formula find(String kind, String name) {
        Formula formula = kind(kind).get(name);
        if (formula == null) {
            throw new IllegalStateException("formulas.yaml has no " + kind + "." + name);
        }
        return formula;
    }

    private static Map<String, Formula> kind(String kind) {
        return ALL.getOrDefault(kind, Map.of());
    }

    /** As job files have it. */
    static String name(Object spec) {
        SpecName name = spec.getClass().getAnnotation(SpecName.class);
        return name == null ? spec.getClass().getSimpleName() : name.value();
    }

    /** The symbols of a formula with the values that the settings give them: {@code lr = 0.001}. */
    static List<String> values(Formula formula, Object spec) {
        JsonNode settings = SpecMapper.tree(spec).path(name(spec));
        Map<String, String> values = new LinkedHashMap<>();
        formula.symbols().forEach((setting, symbol) -> {
            JsonNode value = settings.isObject() ? settings.path(setting) : settings;
            if (!value.isMissingNode() && !value.isNull()) {
                values.put(symbol, SpecMapper.flow(value));
            }
        });
        List<String> lines = new ArrayList<>();
        values.forEach((symbol, value) -> lines.add(symbol + " = " + value));
        return lines;
    }
}
