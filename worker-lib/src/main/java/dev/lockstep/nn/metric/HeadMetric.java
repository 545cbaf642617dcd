package dev.lockstep.nn.metric;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A metric of one of a network's heads, whose figures have the head's name before theirs: {@code kind_accuracy}.
 *
 * @param head its number among the heads
 * @param name the head's
 * @param metric what is measured
 */
public record HeadMetric(int head, String name, Metric metric) implements Metric {

    @Override
    public MetricSum empty() {
        return metric.empty();
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        metric.add(sum, rows.heads().get(head));
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        metric.merge(left, right);
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        Map<String, Object> figures = new LinkedHashMap<>();
        metric.figures(sum).forEach((figure, value) -> figures.put(name + "_" + figure, value));
        return figures;
    }
}
