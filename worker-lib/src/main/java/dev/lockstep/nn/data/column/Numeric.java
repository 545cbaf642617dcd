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
 * @param clip the least and the greatest number: numbers beyond become these; none unless given
 * @param bins number of bins with about the same number of training rows; the features are then an input a bin, 1 for
 *     that of the number and 0 for the others, and nothing is scaled. None unless given
 * @param pieces how many pieces, between quantiles of the training rows, the number is divided into: a feature a piece
 *     that says how much of it lies below the number, from 0 to 1; the first and the last one extend beyond their ends
 *     (piecewise linear encoding; Gorishniy et al. 2022). Nothing is scaled. None unless given
 * @param periodic how many waves there are, of each the sine and the cosine: {@code sin(2 pi f_i z)} and {@code cos(2
 *     pi f_i z)} of the scaled number {@code z}, for frequencies {@code f_i = frequency / 2^i} that stay as they are
 *     (those of Gorishniy et al. 2022 are drawn and learned). None unless given
 * @param frequency of the fastest wave: periods a unit of the scaled number; 1 unless given
 */
@SpecName("number")
public record Numeric(
        Missing missing,
        NumberScale scale,
        @Nullable List<Double> clip,
        @Nullable Integer bins,
        @Nullable Integer pieces,
        @Nullable Integer periodic,
        @Nullable Double frequency)
        implements ColumnSpec {
    private static final int MOST_BINS = 1000;
    private static final int MOST_WAVES = 32;

    public Numeric {
        if (bins != null && (Expect.atLeast("bins", bins, 2) > MOST_BINS)) {
            throw Expect.failure("bins", "at most " + MOST_BINS, bins);
        }
        if (pieces != null && (Expect.atLeast("pieces", pieces, 1) > MOST_BINS)) {
            throw Expect.failure("pieces", "at most " + MOST_BINS, pieces);
        }
        if (periodic != null && (Expect.atLeast("periodic", periodic, 1) > MOST_WAVES)) {
            throw Expect.failure("periodic", "at most " + MOST_WAVES, periodic);
        }
        if (frequency != null) {
            Expect.positive("frequency", frequency);
            if (periodic == null) {
                throw new IllegalArgumentException("frequency: there are no waves; expected periodic too");
            }
        }
        checkOne(bins, pieces, periodic);
        if (bins != null && scale != null && scale != NumberScale.NONE) {
            throw new IllegalArgumentException("scale: bins are 0 or 1, which is not scaled; expected one of the two");
        }
        if (pieces != null && scale != null && scale != NumberScale.NONE) {
            throw new IllegalArgumentException(
                    "scale: pieces are from 0 to 1, which is not scaled; expected one of the two");
        }
        missing = missing == null ? Missing.Named.ERROR : missing;
        boolean quantiles = bins != null || pieces != null;
        scale = scale == null ? (quantiles ? NumberScale.NONE : NumberScale.STANDARDISE) : scale;
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

    /** A number that is one feature, or one of some bins. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public Numeric(
            @Nullable Missing missing,
            @Nullable NumberScale scale,
            @Nullable List<Double> clip,
            @Nullable Integer bins) {
        this(missing, scale, clip, bins, null, null, null);
    }

    private static void checkOne(@Nullable Integer bins, @Nullable Integer pieces, @Nullable Integer periodic) {
        int ways = (bins == null ? 0 : 1) + (pieces == null ? 0 : 1) + (periodic == null ? 0 : 1);
        if (ways > 1) {
            throw new IllegalArgumentException("bins: expected one of bins, pieces and periodic");
        }
    }

    /** Into how many quantiles the training rows are divided; 0: into none. */
    int quantiles() {
        return bins != null ? bins : pieces != null ? pieces : 0;
    }

    /** The frequency of a wave, from 0. */
    double frequency(int wave) {
        return (frequency == null ? 1 : frequency) / (1L << wave);
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
