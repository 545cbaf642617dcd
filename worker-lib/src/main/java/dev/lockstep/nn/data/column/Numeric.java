package dev.lockstep.nn.data.column;

import dev.lockstep.nn.data.NumberText;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of numbers; truth values are 0 and 1. A cell is clipped, what is missing is filled in, then it is scaled:
 * all in double, and rounded once. So numbers whose differences a float cannot hold (seconds since 1970) lose nothing
 * where they are standardised.
 *
 * @param missing what stands for a missing number; an error unless given
 * @param scale what is done to numbers; standardised unless given
 * @param clip the least and the greatest number: those beyond are taken for these; none unless given
 * @param bins how many bins of about equally many training rows there are; the features are then an input a bin, 1 for
 *     that of the number and 0 for the others, and nothing is scaled. None unless given
 */
@SpecName("number")
public record Numeric(
        Missing missing,
        NumberScale scale,
        @Nullable List<Double> clip,
        @Nullable Integer bins) implements ColumnSpec {
    private static final int MOST_BINS = 1000;

    public Numeric {
        if (bins != null && (Expect.atLeast("bins", bins, 2) > MOST_BINS)) {
            throw Expect.failure("bins", "at most " + MOST_BINS, bins);
        }
        if (bins != null && scale != null && scale != NumberScale.NONE) {
            throw new IllegalArgumentException("scale: bins are 0 or 1, which is not scaled; expected one of the two");
        }
        missing = missing == null ? Missing.Named.ERROR : missing;
        scale = scale == null ? (bins == null ? NumberScale.STANDARDISE : NumberScale.NONE) : scale;
        clip = clip == null ? null : List.copyOf(clip);
        if (clip != null && !(clip.size() == 2 && clip.get(0) < clip.get(1))) {
            throw Expect.failure("clip", "two numbers, the least and the greatest", clip);
        }
    }

    /** Standardised numbers without gaps. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public Numeric() {
        this(null, null, null, null);
    }

    @Override
    public Object read(Object raw) throws CellException {
        double number = number(raw) + 0.0;
        if (!Double.isFinite(number)) {
            throw new CellException("expected a finite number, got " + ColumnSpec.shown(raw));
        }
        return number;
    }

    private static double number(Object raw) throws CellException {
        if (raw instanceof BigDecimal decimal) {
            return decimal.doubleValue();
        }
        if (raw instanceof Number number) {
            return number.doubleValue();
        }
        if (raw instanceof Boolean truth) {
            return truth ? 1 : 0;
        }
        if (raw instanceof String text) {
            try {
                return NumberText.parse(text);
            } catch (NumberFormatException e) {
                throw new CellException("expected a number, got " + ColumnSpec.shown(raw));
            }
        }
        throw new CellException("expected a number, got " + ColumnSpec.shown(raw));
    }

    @Override
    public boolean takesWordsForMissing() {
        return true;
    }

    @Override
    public boolean dropsRows() {
        return missing == Missing.Named.DROP_ROW;
    }

    @Override
    public ColumnSummary summary() {
        return new NumericSummary(this);
    }

    /** The number, or the bound that it lies beyond. */
    double clipped(double x) {
        return clip == null ? x : Math.max(clip.get(0), Math.min(clip.get(1), x));
    }

    /** Whether something measured stands for a missing number. */
    boolean measuresFill() {
        return missing instanceof Missing.Named && missing != Missing.Named.ERROR && !dropsRows();
    }
}
