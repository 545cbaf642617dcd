package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.spark.ingest.IngestException;
import dev.lockstep.spark.ingest.RawRow;
import dev.lockstep.spark.ingest.RowCursor;
import dev.lockstep.spark.ingest.RowException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Packs the rows of one partition, rounded to floats, and drops those of weight 0. Gives chunks of rows, and at the end
 * one {@link PartitionReport}. A row that cannot be used does not throw here but ends the partition and goes into its
 * report, so that the driver, who knows how many rows come before, can name the first bad row of all.
 */
final class Packer implements Iterator<Packed> {
    /** Floats of a chunk. */
    private static final int CHUNK_FLOATS = 1 << 18;

    private final PackPlan plan;
    private final RowLayout layout;
    private final Iterator<Supplier<RowCursor>> pieces;
    private final PartitionReport report;
    private final RawRow raw;
    private final LabelDictionary labels = new LabelDictionary();
    private final int chunkRows;
    private @Nullable RowCursor cursor;
    private boolean finished;

    /**
     * @param partition number of the partition
     * @param pieces open the pieces of the partition, in order
     */
    Packer(PackPlan plan, int partition, Iterator<Supplier<RowCursor>> pieces) {
        this.plan = plan;
        this.layout = plan.layout();
        this.pieces = pieces;
        this.report = new PartitionReport(partition);
        this.raw = new RawRow(
                layout.features().size(), plan.labelled() ? 0 : layout.target().size());
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
        float[] values = new float[Math.multiplyExact(chunkRows, layout.width())];
        int rows = 0;
        try {
            while (rows < chunkRows && advance()) {
                if (plan.selected().takes(current().row()) && pack(values, rows * layout.width())) {
                    rows++;
                }
            }
        } catch (RowException e) {
            report.fail(current().file(), current().row(), String.valueOf(e.getMessage()));
            close();
            cursor = null;
            return end(values, rows);
        } catch (IOException e) {
            throw new IngestException("cannot read " + current().file() + ": " + e.getMessage(), e);
        }
        return rows == chunkRows ? new Packed(new PackedRows(values, rows), labels.texts()) : end(values, rows);
    }

    /** The last rows, and the report with them. */
    private Packed end(float[] values, int rows) {
        finished = true;
        float[] used = Arrays.copyOf(values, rows * layout.width());
        return new Packed(new PackedRows(used, rows), labels.texts(), report);
    }

    /** Goes to the next row, in the next piece if need be. */
    private boolean advance() throws IOException, RowException {
        while (true) {
            if (cursor == null) {
                if (!pieces.hasNext()) {
                    return false;
                }
                cursor = pieces.next().get();
            }
            if (cursor.next()) {
                return true;
            }
            report.endPiece(cursor.file(), cursor.row());
            close();
            cursor = null;
        }
    }

    private RowCursor current() {
        return Objects.requireNonNull(cursor);
    }

    private void close() {
        try {
            current().close();
        } catch (IOException e) {
            throw new IngestException("cannot close " + current().file() + ": " + e.getMessage(), e);
        }
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

    /** Packs the cursor's row; false if it is dropped because it weighs nothing. */
    private boolean pack(float[] values, int at) throws RowException {
        current().read(raw);
        if (layout.weighted()) {
            if (raw.weightless()) {
                report.drop();
                return false;
            }
            values[at + layout.weightOffset()] = raw.weight();
        }
        raw.features(values, at, plan.featureNames());
        int target = at + layout.targetOffset();
        if (plan.labelled()) {
            values[target] = labels.index(raw.label(), current(), report);
        } else {
            raw.targets(values, target, plan.targetNames());
        }
        if (layout.sequences()) {
            values[at + layout.lengthOffset()] = raw.length(layout.features().dimension(0));
        }
        check(values, at);
        report.keep();
        return true;
    }
}
