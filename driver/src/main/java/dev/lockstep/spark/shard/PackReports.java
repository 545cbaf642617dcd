package dev.lockstep.spark.shard;

import dev.lockstep.spark.ingest.ClassIndex;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the driver must know of some packed partitions, in any order. It is as large as the partitions are many and the
 * labels are distinct: of a label that several of them have, there is the first place alone.
 */
final class PackReports implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final Comparator<Label> FIRST = Comparator.comparingInt(Label::partition)
            .thenComparingInt(label -> label.place().piece())
            .thenComparingLong(label -> label.place().row());

    private final ArrayList<PartitionReport> partitions = new ArrayList<>();
    private final HashMap<String, Label> labels = new HashMap<>();

    /**
     * A label.
     *
     * @param partition the first one that has it
     * @param place where it stands first in there
     * @param rows how many rows of all partitions have it
     */
    record Label(int partition, PartitionReport.Place place, long rows) implements Serializable {
        private Label and(Label other) {
            return new Label(
                    Math.min(partition, other.partition),
                    FIRST.compare(this, other) <= 0 ? place : other.place,
                    rows + other.rows);
        }
    }

    /** Adds the report of a partition. */
    void add(PartitionReport report) {
        partitions.add(report);
    }

    /** Adds a label of a partition. More of them than there can be classes are not kept: one more is an error. */
    void add(Label label) {
        if (labels.size() <= ClassIndex.MOST_CLASSES
                || labels.containsKey(label.place().text())) {
            labels.merge(label.place().text(), label, Label::and);
        }
    }

    /** Adds those of other partitions. */
    void merge(PackReports others) {
        partitions.addAll(others.partitions);
        others.labels.values().forEach(this::add);
    }

    /** The partitions in their order. */
    List<PartitionReport> partitions() {
        return partitions.stream()
                .sorted(Comparator.comparingInt(PartitionReport::partition))
                .toList();
    }

    /** The labels by the partitions that have them first, in the order of their rows. */
    Map<Integer, List<Label>> labels() {
        Map<Integer, List<Label>> byPartition = new HashMap<>();
        labels.values().stream().sorted(FIRST).forEach(label -> byPartition
                .computeIfAbsent(label.partition(), partition -> new ArrayList<>())
                .add(label));
        return byPartition;
    }
}
