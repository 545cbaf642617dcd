package dev.lockstep.spark.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.column.ColumnSpec;
import dev.lockstep.nn.data.column.Missing;
import dev.lockstep.nn.data.column.TimePart;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Extent;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.LayerSpec.LayerWithWeights;
import dev.lockstep.nn.layer.Padding;
import dev.lockstep.nn.layer.RecurrentSpec;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.WeightAverage;
import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.Prior;
import dev.lockstep.nn.posterior.WeightPosterior;
import dev.lockstep.nn.spec.SpecException;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.train.Compression;
import dev.lockstep.nn.train.EarlyStopping;
import dev.lockstep.nn.train.OuterOptimizer;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/job-file.md} has every key, kind and setting that a job file can have, with its true default, and no
 * other.
 */
class JobFilePageTest {
    private static final Path PAGE = Path.of("..", "docs", "job-file.md");
    private static final Pattern CODE = Pattern.compile("`([^`]*)`");

    /** The section in which a type's kinds, or an enumeration's constants, have their table. */
    private static final Map<Class<?>, String> SECTIONS = Map.ofEntries(
            Map.entry(ScaleSpec.class, "Scaling"),
            Map.entry(Augmentation.Fill.class, "Fills"),
            Map.entry(ColumnSpec.class, "Columns"),
            Map.entry(Missing.class, "Missing numbers"),
            Map.entry(TimePart.class, "Parts of times"),
            Map.entry(LayerSpec.class, "Layers"),
            Map.entry(Padding.class, "Padding"),
            Map.entry(Activation.class, "Activations"),
            Map.entry(Initializer.class, "Initialisers"),
            Map.entry(Estimator.class, "Estimators"),
            Map.entry(Prior.class, "Priors"),
            Map.entry(Loss.class, "Losses"),
            Map.entry(Optimizer.class, "Optimisers"),
            Map.entry(Schedule.class, "Schedules"),
            Map.entry(WeightAverage.class, "Averages of weights"),
            Map.entry(WeightPosterior.class, "Posteriors"),
            Map.entry(OuterOptimizer.class, "Outer optimisers"),
            Map.entry(Compression.class, "Compression"),
            Map.entry(EarlyStopping.Metric.class, "Figures to watch"));

    /** A value for a required setting of a type. */
    private static final Map<Type, String> SAMPLES = Map.ofEntries(
            Map.entry(int.class, "1"),
            Map.entry(Integer.class, "1"),
            Map.entry(Extent.class, "1"),
            Map.entry(double.class, "0.5"),
            Map.entry(String.class, "http://x"),
            Map.entry(TimePart.class, "hour"),
            Map.entry(LayerSpec.class, "flatten"),
            Map.entry(RecurrentSpec.class, "{rnn: 1}"),
            Map.entry(LayerWithWeights.class, "{dense: 1}"),
            Map.entry(Loss.class, "poisson"),
            Map.entry(SourceSpec.class, "{path: x}"),
            Map.entry(SearchSpec.Choice.class, "[1]"),
            Map.entry(CheckpointSpec.Every.class, "{rounds: 1}"));

    /** A line of a table. */
    private record Row(String key, String value, String fallback) {}

    /** Section to key to line, in the order of the page. */
    private static final Map<String, Map<String, Row>> TABLES = new LinkedHashMap<>();

    private static final List<String> EXAMPLES = new ArrayList<>();

    /** The sections of kinds that have been seen. */
    private final Set<String> seen = new HashSet<>();

    /** The maps whose keys have been seen; a map that may stand in several places is described in the first. */
    private final Set<Class<?>> maps = new HashSet<>();

    /** Keys that are not settings of one of several kinds. */
    private final List<String> keys = new ArrayList<>();

    @BeforeAll
    static void read() throws IOException {
        String section = "";
        StringBuilder example = null;
        for (String line : Files.readAllLines(PAGE)) {
            if (example != null) {
                if (line.equals("```")) {
                    EXAMPLES.add(example.toString());
                    example = null;
                } else {
                    example.append(line).append('\n');
                }
            } else if (line.equals("```yaml")) {
                example = new StringBuilder();
            } else if (line.startsWith("#")) {
                section = line.replaceFirst("#+ ", "");
            } else if (line.startsWith("| `")) {
                String[] cells = line.split(" *\\| *", -1);
                assertThat(cells).as(line).hasSize(6);
                String key = cells[1].replace("`", "");
                Row earlier = TABLES.computeIfAbsent(section, none -> new LinkedHashMap<>())
                        .put(key, new Row(key, cells[2], cells[3]));
                assertThat(earlier).as("given twice: " + key).isNull();
                assertThat(cells[4]).as("what %s says", key).isNotBlank();
            }
        }
    }

    @Test
    void everythingIsOnThePageWithItsDefault() {
        record("", JobSpec.class);
        List<String> onPage = TABLES.entrySet().stream()
                .filter(table -> !SECTIONS.containsValue(table.getKey()))
                .flatMap(table -> table.getValue().keySet().stream())
                .toList();
        assertThat(onPage).as("keys").containsExactlyInAnyOrderElementsOf(keys);
        assertThat(seen).as("tables of kinds").containsExactlyInAnyOrderElementsOf(SECTIONS.values());
    }

    @Test
    void everyExampleIsAJobOrAPartOfOne() {
        assertThat(EXAMPLES).hasSizeGreaterThan(12);
        for (String example : EXAMPLES) {
            ObjectNode tree = (ObjectNode) yaml("""
                    data: {train: {path: rows.csv, label: kind}, validation: 0.1}
                    model: {layers: [dense: 3], loss: crossEntropy}
                    output: {dir: runs/first}
                    """);
            tree.setAll((ObjectNode) yaml(example));
            JobSpec job = JobFile.parse(tree.toString(), "job-file.md: " + example, List.of());
            if (job.data().train().shape() != null) {
                Network.bind(job.model(), job.data().train().shape());
            }
        }
    }

    private static JsonNode yaml(String text) {
        return YamlTree.parse(text, "job-file.md").root();
    }

    // ---- what a job file can have

    private void record(String path, Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            String key = path.isEmpty() ? component.getName() : path + "." + component.getName();
            keys.add(key);
            Row row = TABLES.values().stream()
                    .map(table -> table.get(key))
                    .filter(found -> found != null)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("not in docs/job-file.md: " + key));
            check(row, component, type, null);
            value(row, component.getGenericType());
        }
    }

    /** Goes on with what may stand as the value of a key. */
    private void value(Row row, Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            value(row, arguments[arguments.length - 1]);
            return;
        }
        Class<?> raw = (Class<?>) type;
        if (isKinds(raw)) {
            kinds(raw);
        } else if (raw.isEnum()) {
            for (Object constant : raw.getEnumConstants()) {
                assertThat(row.value()).as("value of %s", row.key()).contains("`" + written(constant) + "`");
            }
        }
        if (raw.isRecord() && !isWrittenOtherwise(raw) && maps.add(raw)) {
            record(row.key(), raw);
        }
        for (Method method : raw.getDeclaredMethods()) {
            if (method.isAnnotationPresent(JsonCreator.class)) {
                Class<?> form = method.getParameterTypes()[0];
                if (form.isRecord() && maps.add(form)) {
                    record(row.key(), form);
                } else if (form == Map.class) {
                    value(row, method.getGenericParameterTypes()[0]);
                }
            }
        }
    }

    private static boolean isWrittenOtherwise(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods()).anyMatch(method -> method.isAnnotationPresent(JsonValue.class));
    }

    private static boolean isKinds(Class<?> type) {
        return type.isSealed() || SECTIONS.containsKey(type);
    }

    /** Compares the table of a type's kinds with the kinds and their settings. */
    private void kinds(Class<?> type) {
        Class<?> owner = LayerSpec.class.isAssignableFrom(type) && type != Activation.class ? LayerSpec.class : type;
        String section = SECTIONS.get(owner);
        assertThat(section).as("section of docs/job-file.md for %s", type).isNotNull();
        if (!seen.add(section)) {
            return;
        }
        List<String> expected = new ArrayList<>();
        collect(owner, section, expected);
        assertThat(TABLES.get(section).keySet()).as(section).containsExactlyElementsOf(expected);
    }

    private void collect(Class<?> type, String section, List<String> expected) {
        SpecName name = type.getAnnotation(SpecName.class);
        if (name != null) {
            settings(type, name.value(), section, expected);
        } else if (type.isEnum()) {
            Arrays.stream(type.getEnumConstants()).map(JobFilePageTest::written).forEach(expected::add);
        } else if (type.isSealed()) {
            for (Class<?> kind : type.getPermittedSubclasses()) {
                if (SECTIONS.containsKey(kind)) {
                    kinds(kind);
                } else {
                    collect(kind, section, expected);
                }
            }
        }
    }

    private void settings(Class<?> type, String name, String section, List<String> expected) {
        expected.add(name);
        if (isWrittenOtherwise(type)) {
            value(TABLES.get(section).get(name), type.getRecordComponents()[0].getGenericType());
            return;
        }
        for (RecordComponent component : type.getRecordComponents()) {
            String key = name + "." + component.getName();
            expected.add(key);
            Row row = TABLES.getOrDefault(section, Map.of()).get(key);
            assertThat(row)
                    .as("not in docs/job-file.md: " + section + ": " + key)
                    .isNotNull();
            check(row, component, type, name);
            value(row, component.getGenericType());
        }
    }

    private static String written(Object constant) {
        return SpecMapper.tree(constant).asText();
    }

    // ---- defaults

    /** Holds the line's default to what the record makes of an absent key. */
    private static void check(Row row, RecordComponent component, Class<?> type, String name) {
        String key = component.getName();
        ObjectNode least = least(type);
        if (row.fallback().equals("required")) {
            ObjectNode without = least.deepCopy();
            without.remove(key);
            assertThatExceptionOfType(SpecException.class)
                    .as("without %s", row.key())
                    .isThrownBy(() -> bind(without, type, name));
            return;
        }
        if (row.fallback().equals("one of the three")) {
            ObjectNode alone = JsonNodeFactory.instance.objectNode();
            assertThatExceptionOfType(SpecException.class)
                    .as("without %s", row.key())
                    .isThrownBy(() -> bind(alone, type, name));
            bind(alone.put(key, 1), type, name);
            return;
        }
        Object bound = bind(least, type, name);
        JsonNode value = settingsOf(bound, name).get(key);
        Matcher code = CODE.matcher(row.fallback());
        if (code.matches()) {
            ObjectNode with = least.deepCopy();
            with.set(key, yaml(code.group(1)));
            assertThat(bind(with, type, name)).as("default of %s", row.key()).isEqualTo(bound);
            assertThat(value).as("default of %s", row.key()).isNotNull();
        } else if (row.fallback().startsWith("as `")) {
            assertThat(code.find()).isTrue();
            assertThat(value)
                    .as("default of %s", row.key())
                    .isEqualTo(settingsOf(bound, name).get(code.group(1)));
        } else {
            assertThat(row.fallback()).as("default of %s", row.key()).isNotBlank();
            assertThat(value).as("default of %s", row.key()).isNull();
        }
    }

    private static Object bind(ObjectNode settings, Class<?> type, String name) {
        return SpecMapper.bind(
                name == null ? settings : JsonNodeFactory.instance.objectNode().set(name, settings), type, "");
    }

    private static JsonNode settingsOf(Object bound, String name) {
        JsonNode tree = SpecMapper.tree(bound);
        return name == null ? tree : tree.path(name);
    }

    /** What has to be given for a record. */
    private static ObjectNode least(Class<?> type) {
        ObjectNode least = JsonNodeFactory.instance.objectNode();
        if (type == SplitSpec.class) {
            // Or folds in its place, which no annotation says.
            return least.put("fraction", 0.5);
        }
        if (type == SearchSpec.class) {
            return least.set("over", yaml("{train.seed: [1]}"));
        }
        for (RecordComponent component : type.getRecordComponents()) {
            JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
            if (component.getType().isPrimitive() || property != null && property.required()) {
                least.set(component.getName(), sample(component.getGenericType()));
            }
        }
        return least;
    }

    private static JsonNode sample(Type type) {
        if (type instanceof ParameterizedType list) {
            return JsonNodeFactory.instance.arrayNode().add(sample(list.getActualTypeArguments()[0]));
        }
        return SAMPLES.containsKey(type) ? yaml(SAMPLES.get(type)) : least((Class<?>) type);
    }
}
