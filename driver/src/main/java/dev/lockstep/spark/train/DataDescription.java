package dev.lockstep.spark.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.column.ColumnProfile;
import dev.lockstep.nn.data.column.ColumnSpec;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.ingest.JavaBytes;
import dev.lockstep.spark.report.JsonNumbers;
import dev.lockstep.spark.shard.CellProfiles;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.shard.ShardedData;
import dev.lockstep.spark.sync.ProcessFacts;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of a run hold, for the report: how many there are, their columns, classes, targets and lengths. Costs
 * one pass over a bounded number of rows that lie in memory already.
 */
final class DataDescription {
    private static final int BINS = 20;
    private static final int MOST_NAMES = 5;
    private static final int SELDOM = 50;
    private static final int MOST_COLUMNS = 60;
    private static final int MOST_TARGETS = 10;
    private static final int MOST_CLASSES = 10_000;

    /** Sums of several tasks differ in their last digits. */
    private static final MathContext DIGITS = new MathContext(6);

    private final JobData data;
    private final RowSample sample;

    private DataDescription(JobData data, RowSample sample) {
        this.data = data;
        this.sample = sample;
    }

    /** Looks at the training rows. */
    static DataDescription of(JobData data, Network network) {
        RowLayout layout = data.training().layout();
        int features = layout.features().size();
        boolean single = data.cells() == null
                && !layout.sequences()
                && data.schema().featureColumns().size() == features
                && features <= MOST_COLUMNS;
        int classes = data.classes() > MOST_CLASSES ? 0 : data.classes();
        RowSample.Plan plan = new RowSample.Plan(
                layout,
                data.training().assignment().shards(),
                single ? features : 0,
                data.classes() > 0 ? 0 : Math.min(MOST_TARGETS, layout.target().size()),
                classes,
                network.takesTokens() || data.cells() != null);
        RowSample sample = data.training().rdd().map(task -> JavaBytes.of(RowSample.of(task, plan))).collect().stream()
                .map(bytes -> JavaBytes.read(bytes, RowSample.class))
                .reduce(RowSample::merge)
                .orElseThrow();
        return new DataDescription(data, sample);
    }

    /** The processes that hold the rows. */
    List<ProcessFacts> processes() {
        return sample.processes();
    }

    /** The content of {@code data.json}. */
    ObjectNode json() {
        RowLayout layout = data.training().layout();
        ObjectNode json = SpecMapper.json().createObjectNode();
        ObjectNode rows = json.putObject("rows").put("training", data.training().rows());
        put("validation", data.validation(), rows);
        put("test", data.test(), rows);
        json.put("features", layout.features().toString());
        json.put("weighted", layout.weighted());
        CellProfiles cells = data.cells();
        RowEncoding encoding = data.encoding();
        if (cells != null && encoding != null) {
            json.put("describedRows", cells.profiled());
            describe(cells, encoding, json);
        } else {
            json.put("describedRows", sample.rows());
            List<String> names = data.schema().featureColumns();
            ArrayNode columns = json.putArray("columns");
            for (int i = 0; i < sample.columns().size(); i++) {
                columns.add(column(names.get(i), "number", sample.columns().get(i), 0));
            }
        }
        double[] numbers = sample.numbers();
        if (numbers != null) {
            json.putObject("numbers")
                    .put("mean", rounded(numbers[0]))
                    .put("std", rounded(numbers[1]))
                    .put("least", rounded(numbers[2]))
                    .put("greatest", rounded(numbers[3]));
        }
        if (sample.lengths() != null) {
            json.set("lengths", column("steps of a row", "length", sample.lengths(), 0));
        }
        classes(json);
        targets(json);
        return JsonNumbers.finite(json);
    }

    private static void put(String name, @Nullable ShardedData part, ObjectNode rows) {
        if (part != null) {
            rows.put(name, part.rows());
        }
    }

    private static void describe(CellProfiles cells, RowEncoding encoding, ObjectNode json) {
        ArrayNode columns = json.putArray("columns");
        for (int i = 0; i < cells.columns().size(); i++) {
            RowEncoding.Column column = encoding.columns().get(i);
            columns.add(column(
                    column.name(),
                    type(column.encoding().spec()),
                    cells.columns().get(i),
                    cells.missing(i)));
        }
        json.put("moreColumns", encoding.columns().size() - cells.columns().size());
    }

    private static String type(ColumnSpec spec) {
        JsonNode brief = SpecMapper.brief(spec);
        return brief.isObject() && !brief.isEmpty() ? brief.fieldNames().next() : brief.asText();
    }

    private static ObjectNode column(String name, String type, ColumnProfile profile, long missing) {
        ObjectNode json = SpecMapper.json().createObjectNode();
        json.put("name", name).put("type", type).put("missing", missing);
        if (profile.distinct() != null) {
            json.put("distinct", profile.distinct());
        }
        if (profile.isNumbers()) {
            json.put("mean", rounded(profile.mean())).put("std", rounded(profile.deviation()));
            json.put("least", rounded(profile.least())).put("median", rounded(profile.quantile(1, 2)));
            json.put("greatest", rounded(profile.greatest()));
        }
        if (profile.isNumbers() && !isNames(type)) {
            ArrayNode histogram = json.putArray("histogram");
            for (long count : profile.histogram(BINS)) {
                histogram.add(count);
            }
        } else if (repeats(profile)) {
            ArrayNode frequent = json.putArray("mostFrequent");
            for (Map.Entry<String, Long> entry :
                    profile.mostFrequent(MOST_NAMES).entrySet()) {
                frequent.addObject().put("name", entry.getKey()).put("rows", entry.getValue());
            }
        }
        return json;
    }

    /** Whether the most frequent cell is worth naming: keys and dates hardly repeat. */
    private static boolean repeats(ColumnProfile profile) {
        return profile.mostFrequent(1).values().stream().anyMatch(count -> count * SELDOM >= profile.present());
    }

    private static boolean isNames(String type) {
        return type.equals("category") || type.equals("oneHot");
    }

    private void classes(ObjectNode json) {
        long[] counts = sample.classes();
        if (counts.length == 0) {
            return;
        }
        List<String> names = data.schema().classNames();
        ArrayNode classes = json.putArray("classes");
        for (int k = 0; k < counts.length; k++) {
            classes.addObject()
                    .put("name", names == null ? Integer.toString(k) : names.get(k))
                    .put("rows", counts[k]);
        }
    }

    private void targets(ObjectNode json) {
        List<String> labels = data.schema().labelColumns();
        ArrayNode targets = json.putArray("targets");
        for (int i = 0; i < sample.targets().size(); i++) {
            String name = i < labels.size() ? labels.get(i) : "target " + (i + 1);
            targets.add(column(name, "number", sample.targets().get(i), 0));
        }
    }

    private static double rounded(double value) {
        return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : value;
    }
}
