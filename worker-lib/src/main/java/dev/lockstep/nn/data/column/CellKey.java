package dev.lockstep.nn.data.column;

import dev.lockstep.nn.data.ContentHash;
import dev.lockstep.nn.data.NumberText;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Whole numbers that stand for cells, whichever source they come from: of names, and of times in their order. */
public final class CellKey {
    private CellKey() {}

    /**
     * A hash of a name: equal for equal cells.
     *
     * @return at least 0
     * @throws CellException if there is none
     */
    public static long ofName(@Nullable Object cell, long seed) throws CellException {
        if (cell == null || RowReader.isBlank(cell)) {
            throw new CellException("expected the name of a group, got nothing");
        }
        byte[] name = Categorical.name(cell).getBytes(StandardCharsets.UTF_8);
        return ContentHash.hash(name, name.length, seed) >>> 1;
    }

    /**
     * The place of a time, or of a number, in their order: greater for later ones.
     *
     * @throws CellException if it is neither
     */
    public static long ofTime(@Nullable Object cell) throws CellException {
        if (cell == null || RowReader.isBlank(cell)) {
            throw new CellException("expected a time, got nothing");
        }
        double number = number(cell);
        if (Double.isNaN(number)) {
            LocalDateTime time = (LocalDateTime) TimeText.of(null, "UTC").read(cell);
            number = time.toEpochSecond(ZoneOffset.UTC) + time.getNano() / 1e9;
        }
        long bits = Double.doubleToRawLongBits(number);
        return bits ^ bits >> 63 & Long.MAX_VALUE;
    }

    private static double number(Object cell) {
        if (cell instanceof Number number) {
            return number.doubleValue();
        }
        try {
            return cell instanceof CharSequence text ? NumberText.parse(text.toString()) : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
