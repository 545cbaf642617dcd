package dev.lockstep.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.examples.ml.FlowerPipeline;
import dev.lockstep.spark.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code docs/guides/spark-ml.md} has every Param, with its true type and default, and its program runs. */
@Tag("compat")
class SparkMlPageTest extends SparkTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PAGE = PROJECT.resolve("docs/guides/spark-ml.md");

    private static final Map<Set<String>, String> STAGES = Map.of(
            Set.of("c", "cm", "r", "rm"), "all",
            Set.of("c", "r"), "estimators",
            Set.of("c", "cm"), "classification",
            Set.of("r", "rm"), "regression",
            Set.of("r"), "regressor");

    private static String type(Param<?> param) {
        return switch (param.getClass().getSimpleName()) {
            case "IntParam" -> "int";
            case "LongParam" -> "long";
            case "DoubleParam" -> "double";
            case "IntArrayParam" -> "int[]";
            case "DoubleArrayParam" -> "double[]";
            case "StringArrayParam" -> "String[]";
            default -> "String";
        };
    }

    private static String defaultOf(Param<?> param, Params owner) {
        if (!owner.hasDefault(param)) {
            return " ";
        }
        Object value = owner.getDefault(param).get();
        return value instanceof String[] list && list.length == 0
                ? " none "
                : value.equals("") ? " empty " : " `" + value + "` ";
    }

    /** The table that the page must have. */
    private List<String> rows() {
        NeuralNetworkClassificationModel classes =
                Flowers.classifier().setMaxIter(1).fit(Flowers.vectors(spark));
        NeuralNetworkRegressionModel numbers = new NeuralNetworkRegressor()
                .setLayers(4, 1)
                .setMaxIter(1)
                .setShards(1)
                .fit(Flowers.vectors(spark));
        Map<String, Params> owners = new LinkedHashMap<>();
        owners.put("c", new NeuralNetworkClassifier());
        owners.put("r", new NeuralNetworkRegressor());
        owners.put("cm", classes);
        owners.put("rm", numbers);
        Map<String, Set<String>> has = new TreeMap<>();
        Map<String, String> rows = new LinkedHashMap<>();
        owners.forEach((key, owner) -> {
            for (Param<?> param : owner.params()) {
                has.computeIfAbsent(param.name(), name -> new LinkedHashSet<>()).add(key);
                rows.putIfAbsent(
                        param.name(),
                        "| `" + param.name() + "` | " + type(param) + " |" + defaultOf(param, owner) + "| OF |");
            }
        });
        List<String> table = new ArrayList<>();
        has.forEach((name, keys) -> table.add(rows.get(name).replace("OF", String.valueOf(STAGES.get(keys)))));
        return table;
    }

    @Test
    void everyParamIsThere() throws IOException {
        List<String> lines = Files.readAllLines(PAGE);
        List<String> table = lines.subList(lines.indexOf("## Params"), lines.indexOf("## Rows")).stream()
                .filter(line -> line.startsWith("| `"))
                .toList();
        assertThat(table)
                .allMatch(line -> line.matches(".* \\| [^|]{4,} \\|"))
                .extracting(line -> line.substring(0, line.lastIndexOf('|', line.length() - 2) + 1))
                .containsExactlyElementsOf(rows());
    }

    @Test
    void theProgramRuns() throws IOException {
        String source =
                Files.readString(PROJECT.resolve("driver/src/test/java/dev/lockstep/examples/ml/FlowerPipeline.java"));
        Matcher program = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        assertThat(program.find()).isTrue();
        assertThat(program.group(1)).isEqualTo(source.substring(source.indexOf("import ")));
        Dataset<Row>[] parts = Flowers.table(spark).randomSplit(new double[] {0.7, 0.3}, 5);
        double accuracy = FlowerPipeline.train(
                parts[0], parts[1], directory.resolve("pipeline").toString());
        assertThat(accuracy).isGreaterThan(0.9);
    }
}
