package dev.lockstep.nn.data.column;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns the raw cells of rows into features, in one thread. */
public final class RowEncoder {
    private final RowEncoding encoding;
    private final RowReader reader;
    private final CellEncoder[] encoders;
    private final int[] offsets;
    private final int width;

    RowEncoder(RowEncoding encoding, boolean lenient) {
        this.encoding = encoding;
        reader = new RowReader(encoding.names(), encoding.specs(), encoding.nulls(), lenient);
        encoders = new CellEncoder[encoding.columns().size()];
        offsets = new int[encoders.length];
        int at = 0;
        for (int i = 0; i < encoders.length; i++) {
            ColumnEncoding column = encoding.columns().get(i).encoding();
            encoders[i] = column.encoder();
            offsets[i] = at;
            at += column.width();
        }
        width = at;
    }

    /** How many features a row has. */
    public int width() {
        return width;
    }

    /** How many cells a row has. */
    public int columns() {
        return encoders.length;
    }

    /**
     * Reads a row.
     *
     * @param raw its cells, in the order of the columns
     * @return whether it is to be used: not if a cell is missing whose column leaves such rows out
     * @throws CellException if a cell is nothing that its column takes
     */
    public boolean read(@Nullable Object[] raw) throws CellException {
        return reader.read(raw);
    }

    /** See {@link RowReader#refused}. */
    public List<CellException> refused() {
        return reader.refused();
    }

    /** See {@link RowReader#hash}. */
    public long hash(long seed) {
        return reader.hash(seed);
    }

    /**
     * Gives the features of the row that was read last.
     *
     * @param out overwritten from {@code at} on, {@link #width} floats
     * @throws CellException if a cell is missing, or too large a number
     */
    public void encode(float[] out, int at) throws CellException {
        for (int i = 0; i < encoders.length; i++) {
            try {
                encoders[i].encode(reader.cells()[i], out, at + offsets[i]);
            } catch (CellException e) {
                throw e.in(encoding.columns().get(i).name());
            }
        }
    }
}
