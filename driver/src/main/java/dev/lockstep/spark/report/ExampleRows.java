package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.loss.Score;
import dev.lockstep.nn.metric.Metric;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.MetricSum;
import dev.lockstep.nn.metric.TargetSample;
import dev.lockstep.nn.metric.WorstRows;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.spec.SpecMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Some of the rows that a model is measured on, for a person to look at: those with the greatest losses, and a sample
 * of what numbers were predicted. Found where the rows are, in bounded memory; they follow from the rows and the model
 * alone.
 */
public final class ExampleRows {
    /** The file beside a model that holds {@link #json}. */
    public static final String NAME = "examples.json";

    /** Rows of the sample. */
    private static final int SAMPLE = 500;

    private final SavedModel model;
    private final WorstRows worst;
    private final List<Metric> metrics = new ArrayList<>();

    /**
     * Examples, not yet found.
     *
     * @param model which is measured
     * @param layout of its rows
     * @param most how many of the worst rows, at least 1
     */
    public ExampleRows(SavedModel model, RowLayout layout, int most) {
        this.model = model;
        Network network = model.network();
        worst = WorstRows.of(most, layout.features(), layout.target(), network.output());
        metrics.add(worst);
        if (network.likelihood().score() == Score.RMSE && network.output().rank() == 1) {
            metrics.add(new TargetSample(SAMPLE, network.likelihood().targets(network.output())));
        }
    }

    /** What finds them. */
    public MetricSet metrics() {
        return new MetricSet(metrics);
    }

    /**
     * All of them: {@code data}, {@code worst} with a map a row, {@code columns} that its {@code cells} are those of,
     * {@code width}, {@code height} and {@code channels} of its {@code pixels}, and {@code targetSample}.
     *
     * @param data which rows were measured
     * @param sums of {@link #metrics}
     */
    public ObjectNode json(String data, List<MetricSum> sums) {
        ObjectNode json = SpecMapper.json().createObjectNode().put("data", data);
        ModelDescription description = model.description();
        RowPicture picture = RowPicture.of(description);
        RowText text = new RowText(model);
        picture.describe(json);
        if (!picture.isOne() && worst.features() > 0) {
            text.describe(json);
        }
        ArrayNode rows = json.putArray("worst");
        for (WorstRows.Row row : worst.rows(sums.get(0))) {
            ObjectNode shown = rows.addObject().put("loss", row.loss());
            text.putPrediction(row, shown);
            if (picture.isOne() && worst.features() > 0) {
                shown.set("pixels", picture.pixels(row.features()));
            } else if (worst.features() > 0) {
                text.putFeatures(row, shown);
            }
        }
        if (metrics.size() > 1) {
            Map<String, Object> figures = metrics.get(1).figures(sums.get(1));
            json.set("targetSample", SpecMapper.tree(Objects.requireNonNull(figures.get("targetSample"))));
        }
        return JsonNumbers.finite(json);
    }
}
