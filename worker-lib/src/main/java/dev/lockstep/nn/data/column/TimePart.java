package dev.lockstep.nn.data.column;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * A part of a time. A part that comes round is two features, {@code sin(2 pi k / n)} and {@code cos(2 pi k / n)} for
 * its number {@code k} from 0 of {@code n}, so that its last number lies beside its first. The others are one feature,
 * standardised.
 */
public enum TimePart {
    /** The year. */
    YEAR(0),
    /** The month of the year; 12. */
    MONTH(12),
    /** The day of the month; 31. */
    DAY_OF_MONTH(31),
    /** The day of the year; 366. */
    DAY_OF_YEAR(366),
    /** The day of the week, from Monday; 7. */
    WEEKDAY(7),
    /** The hour of the day; 24. */
    HOUR(24),
    /** The minute of the hour; 60. */
    MINUTE(60),
    /** The second of the minute; 60. */
    SECOND(60),
    /** Days since 1970, with the part of the day that has passed. */
    ELAPSED(0);

    private static final double SECONDS_A_DAY = 86_400;
    private static final long MINUTE_SECONDS = 60;
    private static final double MINUTES_A_DAY = SECONDS_A_DAY / MINUTE_SECONDS;
    private static final double NANOS_A_SECOND = 1e9;

    private final int period;

    TimePart(int period) {
        this.period = period;
    }

    /** Whether it comes round. */
    boolean isCyclic() {
        return period > 0;
    }

    /** How many features it is. */
    int width() {
        return isCyclic() ? 2 : 1;
    }

    /** A part that comes round, for a person, from its sine and its cosine. */
    String text(float sine, float cosine) {
        double turn = StrictMath.atan2(sine, cosine) / (2 * Math.PI) * period;
        long number = Math.round(turn < 0 ? turn + period : turn) % period;
        return name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + (number + first());
    }

    /** A part that does not; of days to the minute, which a float can tell. */
    String text(double number) {
        return this == ELAPSED
                ? LocalDateTime.ofEpochSecond(MINUTE_SECONDS * Math.round(number * MINUTES_A_DAY), 0, ZoneOffset.UTC)
                        .toString()
                : Long.toString(Math.round(number));
    }

    /** What a person calls its first number. */
    private int first() {
        return switch (this) {
            case MONTH, DAY_OF_MONTH, DAY_OF_YEAR, WEEKDAY -> 1;
            default -> 0;
        };
    }

    /** After how many it comes round. */
    int period() {
        return period;
    }

    /** Its number, from 0 for parts that come round. */
    double of(LocalDateTime time) {
        return switch (this) {
            case YEAR -> time.getYear();
            case MONTH -> time.getMonthValue() - 1;
            case DAY_OF_MONTH -> time.getDayOfMonth() - 1;
            case DAY_OF_YEAR -> time.getDayOfYear() - 1;
            case WEEKDAY -> time.getDayOfWeek().getValue() - 1;
            case HOUR -> time.getHour();
            case MINUTE -> time.getMinute();
            case SECOND -> time.getSecond();
            case ELAPSED -> (time.toEpochSecond(ZoneOffset.UTC) + time.getNano() / NANOS_A_SECOND) / SECONDS_A_DAY;
        };
    }
}
