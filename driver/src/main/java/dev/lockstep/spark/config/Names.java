package dev.lockstep.spark.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;

/**
 * One or several names or numbers, as a job file gives them: {@code label}, {@code 13}, {@code [x, y]} or {@code [0,
 * "2..5"]}.
 *
 * @param values at least one, in the order given
 */
public record Names(List<String> values) {
    public Names {
        // The key of the list names it: its one component does not stand in a job file.
        if (values.isEmpty()) {
            throw new IllegalArgumentException("expected at least one entry, got none");
        }
        values = List.copyOf(values);
    }

    /** Several of them. */
    @JsonCreator
    public static Names of(List<String> values) {
        return new Names(values);
    }

    /** A single name, or a number as it is written. */
    @JsonCreator
    public static Names of(String value) {
        return new Names(List.of(value));
    }

    /** A single number. */
    public static Names of(long value) {
        return of(Long.toString(value));
    }

    /** As a job file has it: a list only if there are several. */
    @JsonValue
    public Object written() {
        return values.size() == 1 ? values.get(0) : values;
    }

    @Override
    public String toString() {
        return values.size() == 1 ? values.get(0) : values.toString();
    }
}
