package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.spark.config.OnError;
import dev.lockstep.spark.ingest.RawRow;
import dev.lockstep.spark.ingest.RowCursor;
import dev.lockstep.spark.ingest.RowException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/**
 * Packs the rows of one partition, rounded to floats, and drops those of weight 0 and those that lack a cell which
 * their column cannot do without. Gives chunks of rows, and with the last one the {@link PackReports} of the partition.
 */
final class Packer implements Iterator<Packed> {
    /** Numbers of a chunk. */
    private static final int CHUNK_NUMBERS = 1 << 18;

    private final PackPlan plan;
    private final RowLayout layout;
    private final PieceReader pieces;
    private final PartitionReport report;
    private final RawRow raw;
    private final LabelDictionary labels;
    /** Rows of a chunk, if they are not kept as entries. */
    private final int chunkRows;

    private final float[] targets;
    private final float[] behind;
    private RowArray rows;
    private boolean[] aside = new boolean[0];
    private boolean finished;

    /**
     * @param partition number of the partition
     * @param pieces open the pieces of the partition, in order
     */
    Packer(PackPlan plan, int partition, Iterator<Supplier<RowCursor>> pieces) {
        this.plan = plan;
        this.layout = plan.layout();
        this.pieces = new PieceReader(partition, pieces, plan.selected(), plan.onError() == OnError.SKIP);
        this.report = this.pieces.report();
        this.raw = plan.newRow();
        this.labels = LabelDictionary.of(plan.classes());
        this.chunkRows = Math.max(1, CHUNK_NUMBERS / layout.width());
        this.targets = new float[layout.target().size()];
        this.behind = new float[layout.rest()];
        this.rows = new RowArray(layout, 0);
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
        return HeapGuard.guard(this::chunk);
    }

    private Packed chunk() {
        rows = new RowArray(layout, chunkRows);
        labels.beginChunk();
        while (!isFull() && !finished) {
            finished = !pieces.next(this::pack);
        }
        RowArray packed = rows.trimmed();
        PackedRows chunk = new PackedRows(packed, plan.split() == null ? null : Arrays.copyOf(aside, packed.rows()));
        return finished ? new Packed(chunk, labels.chunkLabels(), reports()) : new Packed(chunk, labels.chunkLabels());
    }

    private PackReports reports() {
        PackReports reports = new PackReports();
        reports.add(report);
        labels.addTo(reports, report.partition());
        return reports;
    }

    private boolean isFull() {
        return layout.allowsEntries() ? rows.floats() + rows.entries() >= CHUNK_NUMBERS : rows.rows() == chunkRows;
    }

    /** Packs the cursor's row, unless it is dropped. */
    private void pack(RowCursor cursor) throws RowException {
        cursor.read(raw);
        if (layout.weighted()) {
            if (raw.weightless()) {
                report.drop();
                return;
            }
            behind[targets.length] = raw.weight();
        }
        if (!raw.complete()) {
            report.dropIncomplete();
            return;
        }
        if (!plan.labelled()) {
            raw.targets(targets, plan.targetNames());
            System.arraycopy(targets, 0, behind, 0, targets.length);
        }
        if (layout.sequences()) {
            behind[behind.length - 1] = raw.length();
        }
        raw.pack(rows, behind, plan.featureNames());
        try {
            accept(rows.rows() - 1, cursor);
        } catch (RowException e) {
            rows.removeLast();
            throw e;
        }
        report.empty(cursor, raw.refusedCells());
        report.keep();
    }

    /** Checks a row that is packed; the labels of rows that are refused are not counted. */
    private void accept(int row, RowCursor cursor) throws RowException {
        check(row);
        setAside(row);
        if (plan.labelled()) {
            rows.values()[rows.restStart(row)] = labels.index(raw.label(), cursor, report);
        }
    }

    /** Refuses a row that the network cannot work with. */
    private void check(int row) throws RowException {
        int feature = plan.rules().wrongFeature(rows, row, layout);
        if (feature >= 0) {
            throw plan.featureNames().refused(feature, plan.rules().features(), rows.feature(row, feature));
        }
        int target = plan.labelled() ? -1 : plan.rules().wrongTarget(rows, row, layout);
        if (target >= 0) {
            throw plan.targetNames()
                    .refused(target, plan.rules().targets(), rows.values()[rows.restStart(row) + target]);
        }
    }

    private void setAside(int row) throws RowException {
        Split split = plan.split();
        if (split != null) {
            long content = plan.encoding() == null
                    ? CanonicalOrder.rowKey(layout, rows, row, split.hashSeed())
                    : raw.hash(split.hashSeed());
            aside = row < aside.length ? aside : Arrays.copyOf(aside, Math.max(16, 2 * row));
            aside[row] = split.rule() == null
                    ? split.setsAside(content)
                    : split.rule().setsAside(raw, content);
        }
    }
}
