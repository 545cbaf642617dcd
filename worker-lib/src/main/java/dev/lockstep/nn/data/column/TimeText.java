package dev.lockstep.nn.data.column;

import dev.lockstep.nn.data.NumberText;
import dev.lockstep.nn.spec.Excerpt;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Reads dates and times of one format, as the clock of one zone shows them. Thread-safe. */
final class TimeText {
    private static final String EPOCH_SECONDS = "epochSeconds";
    private static final String EPOCH_MILLIS = "epochMillis";
    private static final double MILLIS = 1e3;
    private static final double NANOS = 1e9;
    /** Seconds since 1970 of more than 30,000 years, which no table holds. */
    private static final double MOST_SECONDS = 1e12;

    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendPattern("['T'][' ']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .appendPattern("[XXX][X]")
            .optionalEnd()
            .toFormatter(Locale.ROOT);

    private static final Map<String, TimeText> KNOWN = new ConcurrentHashMap<>();

    private final @Nullable String format;
    private final ZoneId zone;
    /** Null for numbers. */
    private final @Nullable DateTimeFormatter formatter;

    private TimeText(@Nullable String format, ZoneId zone) {
        this.format = format;
        this.zone = zone;
        this.formatter = formatter(format);
    }

    private static @Nullable DateTimeFormatter formatter(@Nullable String format) {
        if (format == null) {
            return ISO;
        }
        if (format.equals(EPOCH_SECONDS) || format.equals(EPOCH_MILLIS)) {
            return null;
        }
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(format)
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.SMART);
    }

    /** Throws if times cannot be written so. */
    static void check(@Nullable String format) {
        try {
            formatter(format);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "format: expected a pattern such as yyyy-MM-dd HH:mm, epochSeconds or epochMillis, got "
                            + Excerpt.quoted(String.valueOf(format)) + ": " + e.getMessage(),
                    e);
        }
    }

    static TimeText of(@Nullable String format, String zone) {
        return KNOWN.computeIfAbsent(zone + " " + format, key -> new TimeText(format, ZoneId.of(zone)));
    }

    /** The date and time in a cell. */
    LocalDateTime read(Object raw) throws CellException {
        try {
            if (raw instanceof CharSequence text) {
                return text(text.toString().strip());
            }
            if (raw instanceof java.sql.Date date) {
                return date.toLocalDate().atStartOfDay();
            }
            if (raw instanceof java.util.Date instant) {
                return LocalDateTime.ofInstant(instant.toInstant(), zone);
            }
            if (raw instanceof Number number) {
                return epoch(number.doubleValue(), raw);
            }
            if (raw instanceof LocalDateTime time) {
                return time;
            }
            if (raw instanceof Instant instant) {
                return LocalDateTime.ofInstant(instant, zone);
            }
            if (raw instanceof TemporalAccessor time) {
                return local(time, raw);
            }
        } catch (DateTimeException e) {
            throw notATime(raw);
        }
        throw notATime(raw);
    }

    private LocalDateTime text(String text) throws CellException {
        if (formatter != null) {
            return local(formatter.parse(text), text);
        }
        try {
            return epoch(NumberText.parse(text), text);
        } catch (NumberFormatException e) {
            throw notATime(text);
        }
    }

    private LocalDateTime local(TemporalAccessor time, Object raw) throws CellException {
        LocalDate date = time.query(TemporalQueries.localDate());
        if (date == null) {
            throw notATime(raw);
        }
        LocalTime clock = time.query(TemporalQueries.localTime());
        LocalDateTime local = date.atTime(clock == null ? LocalTime.MIDNIGHT : clock);
        if (time.isSupported(ChronoField.OFFSET_SECONDS)) {
            ZoneOffset offset = ZoneOffset.ofTotalSeconds(time.get(ChronoField.OFFSET_SECONDS));
            return OffsetDateTime.of(local, offset).atZoneSameInstant(zone).toLocalDateTime();
        }
        ZoneId own = time.query(TemporalQueries.zone());
        return own == null
                ? local
                : ZonedDateTime.of(local, own).withZoneSameInstant(zone).toLocalDateTime();
    }

    private LocalDateTime epoch(double number, Object raw) throws CellException {
        double seconds = EPOCH_MILLIS.equals(format) ? number / MILLIS : number;
        if (formatter != null || !(Math.abs(seconds) <= MOST_SECONDS)) {
            throw notATime(raw);
        }
        double whole = Math.floor(seconds);
        long nanos = Math.round((seconds - whole) * NANOS);
        return LocalDateTime.ofInstant(Instant.ofEpochSecond((long) whole, nanos), zone);
    }

    private CellException notATime(Object raw) {
        String written = format == null ? "ISO 8601, such as 2024-05-31 or 2024-05-31T10:20:30" : format;
        return new CellException("expected a time as " + written + ", got " + ColumnSpec.shown(raw));
    }
}
