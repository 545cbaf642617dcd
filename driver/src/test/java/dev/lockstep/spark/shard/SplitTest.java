package dev.lockstep.spark.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.Block;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.ingest.Targets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Which rows are set aside. */
class SplitTest extends SparkTest {
    private static final int ROWS = 400;

    /** Sides of a split: the first feature of each row. */
    private record Sides(List<Float> kept, List<Float> aside, List<String> notices) {}

    private Path rows(String header, IntFunction<String> cells) throws IOException {
        StringBuilder text = new StringBuilder(header).append('\n');
        for (int row = 0; row < ROWS; row++) {
            text.append(cells.apply(row)).append('\n');
        }
        return write("rows.csv", text.toString());
    }

    private Sides split(Object path, String validation, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("data.validation=" + validation);
        DataSpec data = JobFile.parse("""
                data: {train: {path: "%s", label: y}, shards: 2}
                model: {layers: [dense: 2], loss: crossEntropy}
                """.formatted(path), "job.yaml", all).data();
        try (JobData read =
                JobData.read(spark, data, Targets.CLASS, layout -> RowRules.ANY, SEED, ShardAssignment.of(2, 2))) {
            return new Sides(firsts(read.training()), firsts(read.validation()), read.notices());
        }
    }

    private static List<Float> firsts(ShardedData rows) {
        return rows.rdd().collect().stream()
                .flatMap(task -> task.shards().stream())
                .flatMap(shard -> {
                    List<Float> values = new ArrayList<>();
                    for (int i = 0; i < shard.blocks(); i++) {
                        Block block = shard.block(i);
                        for (int row = 0; row < block.rows(); row++) {
                            values.add(block.packed().feature(row, 0));
                        }
                    }
                    return values.stream();
                })
                .sorted()
                .toList();
    }

    @Test
    void theLatestRows() throws IOException {
        Path rows = rows("x,day,y", row -> row + ",2024-%02d-%02d,0".formatted(1 + row / 40, 1 + row % 28));
        Sides sides = split(rows, "{fraction: 0.2, time: day}", "data.train.classes=2");
        assertThat(sides.kept()).hasSize(320).allMatch(x -> x < 320);
        assertThat(sides.aside()).hasSize(80).allMatch(x -> x >= 320);
        assertThat(sides.notices()).isEmpty();
        Path numbers = rows("x,t,y", row -> row + "," + (row - 200.5) + ",0");
        assertThat(split(numbers, "{fraction: 0.25, time: t}").aside())
                .hasSize(100)
                .allMatch(x -> x >= 300);
        assertThatThrownBy(() -> split(rows("x,t,y", row -> "1,soon,0"), "{fraction: 0.2, time: t}"))
                .hasMessageEndingWith("rows.csv:2, column \"t\": expected a time as ISO 8601, such as 2024-05-31 or"
                        + " 2024-05-31T10:20:30, got \"soon\"");
    }

    @Test
    void groupsStayTogether() throws IOException {
        Path rows = rows("x,who,y", row -> row + ",g" + row % 20 + "," + row % 2);
        Sides sides = split(rows, "{fraction: 0.3, group: who}");
        assertThat(groups(sides.kept())).doesNotContainAnyElementsOf(groups(sides.aside()));
        assertThat(sides.aside()).hasSize(120);
        // The same with columns that have types, the group among them.
        Sides typed =
                split(rows, "{fraction: 0.3, group: who}", "data.columns={x: {number: {scale: none}}, who: oneHot}");
        assertThat(typed.aside()).isEqualTo(sides.aside());
        Path three = rows("x,who,y", row -> row + ",g" + row % 3 + "," + row % 2);
        assertThat(split(three, "{fraction: 0.1, group: who}").notices())
                .hasSize(1)
                .first()
                .asString()
                .endsWith("of 400 rows are set aside, 0.33 of them where 0.10 was asked for: groups that differ:"
                        + " 3, and what is equal stays together");
    }

    private static Set<Integer> groups(List<Float> rows) {
        Set<Integer> groups = new TreeSet<>();
        rows.forEach(x -> groups.add((int) (float) x % 20));
        return groups;
    }

    @Test
    void eachClassIsDividedByItself() throws IOException {
        Path rows = rows("x,y", row -> row + "," + (row % 20 == 0 ? "rare" : "common"));
        Sides sides = split(rows, "{fraction: 0.25, stratify: true}");
        assertThat(sides.aside()).hasSize(100);
        assertThat(sides.aside().stream().filter(x -> x % 20 == 0)).hasSize(5);
        assertThatThrownBy(() -> split(write("one.csv", "x,y\n1,a\n1,b\n"), "{fraction: 0.5, stratify: true}"))
                .hasMessageContaining("no rows are left for");
    }

    @Test
    void everyRowIsInOneFold() throws IOException {
        Path rows = rows("x,who,y", row -> row + ",g" + row % 50 + "," + row % 2);
        for (String more : List.of("", ", stratify: true", ", group: who")) {
            TreeMap<Float, Integer> seen = new TreeMap<>();
            for (int fold = 0; fold < 4; fold++) {
                Sides sides = split(rows, "{folds: 4, fold: " + fold + more + "}", "data.train.features=x");
                assertThat(sides.aside().size()).as(more).isBetween(92, 108);
                assertThat(sides.kept()).hasSize(ROWS - sides.aside().size());
                sides.aside().forEach(x -> seen.merge(x, 1, Integer::sum));
            }
            assertThat(seen).hasSize(ROWS);
        }
    }

    /** Few rows that differ: the nearest share that they allow. */
    @Test
    void equalRowsAllowFewShares() throws IOException {
        for (String columns : List.of("null", "{x: {number: {scale: none}}}")) {
            for (double fraction : new double[] {0.2, 0.4, 0.8}) {
                Path rows = rows("x,y", row -> row % 5 + "," + row % 2);
                Sides sides = split(rows, Double.toString(fraction), "data.columns=" + columns);
                assertThat(sides.aside().size()).isEqualTo((int) Math.round(fraction * ROWS));
            }
        }
    }
}
