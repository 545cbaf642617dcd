package dev.lockstep.nn.data.column;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of dates and times, of which some parts are features.
 *
 * @param parts which; see {@link TimePart}
 * @param format how texts are written: a pattern of {@link java.time.format.DateTimeFormatter}, or {@code epochSeconds}
 *     or {@code epochMillis} for numbers; ISO 8601 unless given ({@code 2024-05-31}, {@code 2024-05-31T10:20:30}, a
 *     blank for the T, an offset behind it)
 * @param zone in which zone an instant is read: that of a time with an offset, of a number, of a timestamp; UTC unless
 *     given. Times without an offset stay as they are
 * @param missing what stands for a missing time; an error unless given
 */
@SpecName("time")
public record Time(
        @JsonProperty(required = true) List<TimePart> parts,
        @Nullable String format,
        String zone,
        MissingTime missing) implements ColumnSpec {
    public Time {
        parts = Expect.notEmpty("parts", parts);
        zone = zone == null ? "UTC" : zone;
        missing = missing == null ? MissingTime.ERROR : missing;
        try {
            ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "zone: expected a zone such as Europe/Berlin or +02:00, got " + Excerpt.quoted(zone), e);
        }
        TimeText.check(format);
    }

    /** Times in ISO 8601 and UTC. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public Time(List<TimePart> parts) {
        this(parts, null, null, null);
    }

    @Override
    public Object read(Object raw) throws CellException {
        return TimeText.of(format, zone).read(raw);
    }

    @Override
    public boolean takesWordsForMissing() {
        return true;
    }

    @Override
    public boolean dropsRows() {
        return missing == MissingTime.DROP_ROW;
    }

    @Override
    public ColumnSummary summary() {
        return new TimeSummary(this);
    }
}
