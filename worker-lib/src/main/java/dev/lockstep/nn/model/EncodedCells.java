package dev.lockstep.nn.model;

import dev.lockstep.nn.data.column.CellException;
import dev.lockstep.nn.data.column.RowEncoder;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.spec.Nearest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Cells that are encoded as those of the training rows were. */
final class EncodedCells implements RowCells {
    private final List<String> names;
    private final RowEncoder encoder;

    EncodedCells(RowEncoding encoding) {
        names = encoding.names();
        encoder = encoding.encoder();
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public float[] features(int row, Map<String, ? extends @Nullable Object> cells) {
        @Nullable Object[] raw = new Object[names.size()];
        for (int i = 0; i < raw.length; i++) {
            String name = names.get(i);
            raw[i] = cells.get(name);
            if (raw[i] == null && !cells.containsKey(name)) {
                throw new InvalidRowException(
                        row,
                        name,
                        "expected a cell, got no such column; "
                                + Nearest.hint(name, List.copyOf(cells.keySet()), "columns of the row")
                                + "; a missing cell is null");
            }
        }
        try {
            if (!encoder.read(raw)) {
                throw new InvalidRowException(
                        row,
                        null,
                        "a cell is missing in a column with missing: dropRow, so there is no prediction of the row");
            }
            float[] values = new float[encoder.width()];
            encoder.encode(values, 0);
            return values;
        } catch (CellException e) {
            throw new InvalidRowException(row, e.column(), e.complaint());
        }
    }
}
