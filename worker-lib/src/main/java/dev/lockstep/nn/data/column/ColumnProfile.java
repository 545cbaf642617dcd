package dev.lockstep.nn.data.column;

import dev.lockstep.nn.data.NumberText;
import java.io.Serializable;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content of a column without a type, and the type that it suggests. Profiles of parts of the rows merge to the
 * same bits in any order and any grouping. Keeps a bounded number of cells. Not for use by two threads at once.
 */
public final class ColumnProfile implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Cells are counted one by one up to so many distinct ones. */
    public static final int MOST_DISTINCT = 4096;

    /** Columns of more names than this get vectors rather than an input a name. */
    private static final int MOST_ONE_HOT = 10;
    /** Texts of so many words and more on average are no names. */
    private static final double WORDS_OF_A_TEXT = 3;
    /** Fewer rows than this say nothing about whether a column numbers them. */
    private static final int ROWS_TO_NUMBER = 10;

    private final NameCounts names = new NameCounts();
    private final ExactMoments moments = new ExactMoments();
    private final ValueCounts values = new ValueCounts();
    private boolean tooMany;
    private long blank;
    private long wordsForMissing;
    private long numbers;
    private long wholeNumbers;
    private long truths;
    private long times;
    private long timesWithClock;
    private long texts;
    private long words;
    private long images;
    private long others;
    private double least = Double.POSITIVE_INFINITY;
    private double greatest = Double.NEGATIVE_INFINITY;

    /** Takes in a cell; null: missing. */
    public void add(@Nullable Object raw) {
        if (RowReader.isBlank(raw)) {
            blank++;
        } else if (raw instanceof CharSequence text) {
            addText(text.toString().strip());
        } else if (raw instanceof Boolean truth) {
            truths++;
            addNumber(truth ? 1 : 0);
            addName(raw.toString());
        } else if (raw instanceof Number number) {
            addNumber(number.doubleValue());
            addName(nameOf(raw));
        } else if (raw instanceof java.util.Date || raw instanceof java.time.temporal.TemporalAccessor) {
            addTime(raw);
        } else if (Image.isImage(raw)) {
            images++;
        } else {
            others++;
        }
    }

    private static String nameOf(Object raw) {
        try {
            return Categorical.name(raw);
        } catch (CellException e) {
            throw new IllegalStateException("numbers and texts have names", e);
        }
    }

    private void addText(String text) {
        if (RowReader.standsForMissing(text)) {
            wordsForMissing++;
            addName(text);
            return;
        }
        try {
            addNumber(NumberText.parse(text));
        } catch (NumberFormatException e) {
            // Dates begin with a digit or a sign of the year; few other texts that are no numbers do.
            if (!(Character.isDigit(text.charAt(0)) && isTime(text))) {
                texts++;
                words += Words.of(text).size();
            }
        }
        addName(nameOf(text));
    }

    private boolean isTime(Object raw) {
        try {
            LocalTime clock = TimeText.of(null, "UTC").read(raw).toLocalTime();
            times++;
            timesWithClock += clock.equals(LocalTime.MIDNIGHT) ? 0 : 1;
            return true;
        } catch (CellException e) {
            return false;
        }
    }

    private void addTime(Object raw) {
        if (isTime(raw)) {
            addName(raw.toString());
        } else {
            others++;
        }
    }

    private void addNumber(double number) {
        if (!Double.isFinite(number)) {
            others++;
            return;
        }
        numbers++;
        double value = number + 0.0;
        wholeNumbers += value == Math.rint(value) ? 1 : 0;
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
        moments.add(value);
        values.add(value);
    }

    private void addName(String name) {
        if (!tooMany) {
            names.add(name);
            checkDistinct();
        }
    }

    private void checkDistinct() {
        if (tooMany || names.distinct() > MOST_DISTINCT) {
            tooMany = true;
            names.clear();
        }
    }

    /** Takes in a profile of other rows of the same column; returns this one. */
    public ColumnProfile merge(ColumnProfile other) {
        names.merge(other.names);
        tooMany |= other.tooMany;
        checkDistinct();
        moments.merge(other.moments);
        values.merge(other.values);
        blank += other.blank;
        wordsForMissing += other.wordsForMissing;
        numbers += other.numbers;
        wholeNumbers += other.wholeNumbers;
        truths += other.truths;
        times += other.times;
        timesWithClock += other.timesWithClock;
        texts += other.texts;
        words += other.words;
        images += other.images;
        others += other.others;
        least = Math.min(least, other.least);
        greatest = Math.max(greatest, other.greatest);
        return this;
    }

    /** How many cells there are. */
    public long rows() {
        return blank + wordsForMissing + numbers + times + texts + images + others;
    }

    /** Whether cells are names: texts, or a mixture. */
    public boolean isNames() {
        return texts > 0 || numbers > 0 && times > 0;
    }

    /** Whether cells are numbers, truth values among them. */
    public boolean isNumbers() {
        return numbers > 0 && texts == 0 && times == 0;
    }

    /** How many cells are missing; words such as {@code NA} are so unless cells are names. */
    public long missing() {
        return isNames() ? blank : blank + wordsForMissing;
    }

    /** How many cells are not. */
    public long present() {
        return rows() - missing();
    }

    /** How many different cells there are, null if more than {@link #MOST_DISTINCT}. */
    public @Nullable Integer distinct() {
        if (tooMany) {
            return null;
        }
        int words = isNames() ? 0 : names.count(RowReader::standsForMissing);
        return names.distinct() - words;
    }

    /**
     * The most frequent cells and how many rows have them, in that order; empty where there are more than
     * {@link #MOST_DISTINCT}.
     *
     * @param most how many
     */
    public Map<String, Long> mostFrequent(int most) {
        return names.counts(most);
    }

    /** The least number; there must be one. */
    public double least() {
        return least;
    }

    /** The greatest number; there must be one. */
    public double greatest() {
        return greatest;
    }

    /** The mean of the numbers; there must be one. */
    public double mean() {
        return moments.mean();
    }

    /** The standard deviation of the numbers as the whole population; there must be one. */
    public double deviation() {
        return Math.sqrt(moments.variance());
    }

    /** The least number that at least {@code part / whole} of the numbers do not exceed; there must be one. */
    public double quantile(int part, int whole) {
        return values.quantile(part, whole);
    }

    /**
     * How many numbers lie in bins of equal width from the least to the greatest.
     *
     * @param bins how many
     */
    public long[] histogram(int bins) {
        return moments.count() == 0 ? new long[0] : values.histogram(least, greatest, bins);
    }

    /**
     * Whether the column numbers the rows: whole numbers without gaps, each once. Sums and sums of squares of different
     * whole numbers that agree with those of a range count as that range.
     */
    public boolean numbersTheRows() {
        long n = moments.count();
        return isNumbers()
                && truths == 0
                && n >= ROWS_TO_NUMBER
                && wholeNumbers == n
                && greatest - least == n - 1
                && moments.mean() == (least + greatest) / 2
                && Math.abs(moments.variance() - ((double) n * n - 1) / 12) <= Math.ulp(moments.variance()) * 4
                && (distinct() == null || distinct() == n);
    }

    /** Whether all cells are the same. */
    public boolean isConstant() {
        Integer distinct = distinct();
        return distinct != null && distinct + (missing() > 0 ? 1 : 0) <= 1;
    }

    /** Whether a float cannot tell numbers apart that differ: those of the column lie too far from 0. */
    public boolean isTooLargeForFloats() {
        return isNumbers()
                && moments.count() > 1
                && moments.variance() > 0
                && deviation() < 16 * Math.ulp((float) Math.max(Math.abs(least), Math.abs(greatest)));
    }

    /**
     * The type that the cells suggest.
     *
     * @param type the type of the column; null: it is better left out
     * @param reason why; empty if that goes without saying
     */
    public record Suggestion(@Nullable ColumnSpec type, String reason) {}

    /** The type that the cells suggest. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructors
    public Suggestion suggestion() {
        if (others > 0) {
            return new Suggestion(null, "holds neither numbers, texts nor times");
        }
        if (present() == 0) {
            return new Suggestion(null, "is empty");
        }
        if (images > 0) {
            return new Suggestion(
                    images == present() ? new Image(null, null, missing() > 0 ? MissingImage.BLACK : null) : null,
                    images == present() ? "" : "holds images and other cells");
        }
        if (isConstant()) {
            return new Suggestion(null, "is the same in all rows");
        }
        if (isNames()) {
            return names();
        }
        if (isNumbers()) {
            if (numbersTheRows()) {
                return new Suggestion(null, "numbers the rows");
            }
            return new Suggestion(new Numeric(missing() > 0 ? Missing.Named.INDICATOR : null, null, null, null), "");
        }
        List<TimePart> parts = new ArrayList<>();
        if (timesWithClock > 0) {
            parts.add(TimePart.HOUR);
        }
        parts.addAll(List.of(TimePart.WEEKDAY, TimePart.MONTH, TimePart.ELAPSED));
        return new Suggestion(new Time(parts, null, null, missing() > 0 ? MissingTime.INDICATOR : null), "");
    }

    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructors
    private Suggestion names() {
        Integer distinct = distinct();
        boolean mostDiffer = distinct == null || 2L * distinct > present();
        if (mostDiffer && words >= WORDS_OF_A_TEXT * texts) {
            return new Suggestion(new Words(), "");
        }
        if (distinct != null && distinct > MOST_ONE_HOT && distinct == present()) {
            return new Suggestion(null, "is different in each row" + (mixed().isEmpty() ? "" : "; " + mixed()));
        }
        if (distinct == null) {
            return new Suggestion(new Category(null, 10_000, 2, null, null), mixed());
        }
        return new Suggestion(
                distinct <= MOST_ONE_HOT ? new OneHot() : new Category(null, null, 2, null, null), mixed());
    }

    private String mixed() {
        long nearlyAll = numbers + texts;
        return numbers > 0 && numbers >= 9 * nearlyAll / 10
                ? texts + " of " + nearlyAll + " cells are not numbers; list the texts that mean a missing cell"
                        + " under nulls"
                : "";
    }
}
