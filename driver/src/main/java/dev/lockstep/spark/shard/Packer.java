package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.spark.ingest.RawRow;
import dev.lockstep.spark.ingest.RowCursor;
import dev.lockstep.spark.ingest.RowException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/**
 * Packs the rows of one partition, rounded to floats, and drops those of weight 0 and those that lack a cell which
 * their column cannot do without. Gives chunks of rows, and at the end one {@link PartitionReport}.
 */
final class Packer implements Iterator<Packed> {
    /** Floats of a chunk. */
    private static final int CHUNK_FLOATS = 1 << 18;

    private final PackPlan plan;
    private final RowLayout layout;
    private final PieceReader pieces;
    private final PartitionReport report;
    private final RawRow raw;
    private final LabelDictionary labels = new LabelDictionary();
    private final int chunkRows;
    private float[] values = new float[0];
    private boolean[] aside = new boolean[0];
    private int rows;
    private boolean finished;

    /**
     * @param partition number of the partition
     * @param pieces open the pieces of the partition, in order
     */
    Packer(PackPlan plan, int partition, Iterator<Supplier<RowCursor>> pieces) {
        this.plan = plan;
        this.layout = plan.layout();
        this.pieces = new PieceReader(partition, pieces, plan.selected());
        this.report = this.pieces.report();
        this.raw = plan.newRow();
        this.chunkRows = Math.max(1, CHUNK_FLOATS / layout.width());
    }

    @Override
    public boolean hasNext() {
        return !finished;
    }

    @Override
    public Packed next() {
        if (finished) {
            throw new NoSuchElementException();
        }
        values = new float[Math.multiplyExact(chunkRows, layout.width())];
        aside = new boolean[plan.split() == null ? 0 : chunkRows];
        rows = 0;
        while (rows < chunkRows && !finished) {
            finished = !pieces.next(this::pack);
        }
        if (!finished) {
            return new Packed(packed(values, aside), labels.texts());
        }
        float[] used = Arrays.copyOf(values, rows * layout.width());
        return new Packed(packed(used, Arrays.copyOf(aside, aside.length == 0 ? 0 : rows)), labels.texts(), report);
    }

    private PackedRows packed(float[] floats, boolean[] setAside) {
        return new PackedRows(floats, rows, plan.split() == null ? null : setAside);
    }

    /** Refuses a row that the network cannot work with. */
    private void check(float[] values, int at) throws RowException {
        int steps = layout.features().dimension(0);
        if (layout.sequences()) {
            steps = (int) values[at + layout.lengthOffset()];
        }
        int feature = plan.rules().wrongFeature(values, at, layout.features(), steps);
        if (feature >= 0) {
            throw plan.featureNames().refused(feature, plan.rules().features(), values[at + feature]);
        }
        int target = plan.labelled() ? -1 : plan.rules().wrongTarget(values, at, layout);
        if (target >= 0) {
            throw plan.targetNames()
                    .refused(target, plan.rules().targets(), values[at + layout.targetOffset() + target]);
        }
    }

    /** Packs the cursor's row, unless it is dropped. */
    private void pack(RowCursor cursor) throws RowException {
        int at = rows * layout.width();
        cursor.read(raw);
        if (layout.weighted()) {
            if (raw.weightless()) {
                report.drop();
                return;
            }
            values[at + layout.weightOffset()] = raw.weight();
        }
        if (!raw.complete()) {
            report.dropIncomplete();
            return;
        }
        raw.features(values, at, plan.featureNames());
        int target = at + layout.targetOffset();
        if (plan.labelled()) {
            values[target] = labels.index(raw.label(), cursor, report);
        } else {
            raw.targets(values, target, plan.targetNames());
        }
        if (layout.sequences()) {
            values[at + layout.lengthOffset()] = raw.length();
        }
        check(values, at);
        if (plan.split() != null) {
            aside[rows] = plan.split().setsAside(raw.hash(plan.split().hashSeed()));
        }
        report.keep();
        rows++;
    }
}
