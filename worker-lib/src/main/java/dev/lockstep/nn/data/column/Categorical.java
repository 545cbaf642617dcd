package dev.lockstep.nn.data.column;

import dev.lockstep.nn.spec.Expect;
import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What columns of categories have in common. Cells are names: texts without blanks around them, and numbers as they are
 * written; whole numbers are one and the same name as integers, as numbers with a point ({@code 3.0}) and as texts.
 *
 * <p>The categories of a column are the names that the training rows have, the most frequent first, those that are
 * equally frequent in the order of their code points; then one for all names that are not among them, if the training
 * rows have such; then one for missing cells, if they have such. What no training row has is no category: all of its
 * features are 0, since nothing has been learned of it.
 */
sealed interface Categorical extends ColumnSpec permits Category, OneHot {
    /** A column with more names than this must hash them. */
    int MOST_NAMES = 1 << 20;

    /** Whole numbers as programs write them that have no other ones. */
    Pattern WHOLE_WITH_POINT = Pattern.compile("(-?(?:0|[1-9][0-9]*))\\.0+");

    /** How many names are distinguished; the rest of them is one category together. All unless given. */
    @Nullable
    Integer most();

    /** In how many training rows a name must be to be distinguished; 1 unless given. */
    Integer least();

    /** How many categories names are hashed to; null: they are not. */
    @Nullable
    Integer hash();

    /** What stands for a missing cell. */
    MissingCategory missing();

    @Override
    default Object read(Object raw) throws CellException {
        return name(raw);
    }

    @Override
    default boolean takesWordsForMissing() {
        return false;
    }

    @Override
    default boolean dropsRows() {
        return missing() == MissingCategory.DROP_ROW;
    }

    @Override
    default ColumnSummary summary() {
        return new CategorySummary(this);
    }

    /** Checks the settings. */
    static void check(@Nullable Integer most, @Nullable Integer least, @Nullable Integer hash) {
        if (most != null) {
            Expect.atLeast("most", most, 1);
        }
        if (least != null) {
            Expect.atLeast("least", least, 1);
        }
        if (hash != null) {
            Expect.atLeast("hash", hash, 2);
            if (most != null || least != null && least > 1) {
                throw new IllegalArgumentException(
                        "hash: names that are hashed are not counted; expected most and least, or hash");
            }
            if (hash > MOST_NAMES) {
                throw Expect.failure("hash", "at most " + MOST_NAMES, hash);
            }
        }
    }

    /** The name in a cell. */
    static String name(Object raw) throws CellException {
        if (raw instanceof BigDecimal decimal) {
            return decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
        }
        if (raw instanceof Double || raw instanceof Float) {
            return whole(raw.toString(), ((Number) raw).doubleValue());
        }
        if (raw instanceof CharSequence text) {
            String name = text.toString().strip();
            // Few names end so: most are not looked at any closer.
            if (name.endsWith("0") && WHOLE_WITH_POINT.matcher(name).matches()) {
                return name.substring(0, name.indexOf('.'));
            }
            return name;
        }
        if (raw instanceof Number || raw instanceof Boolean || raw instanceof java.time.temporal.Temporal) {
            return raw.toString();
        }
        if (raw instanceof java.util.Date) {
            return raw.toString();
        }
        throw new CellException("expected a name or a number, got " + ColumnSpec.shown(raw));
    }

    private static String whole(String written, double value) {
        long integer = (long) value;
        return integer == value && Math.abs(value) < 1L << 53 ? Long.toString(integer) : written;
    }
}
