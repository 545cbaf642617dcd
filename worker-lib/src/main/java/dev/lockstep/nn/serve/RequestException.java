package dev.lockstep.nn.serve;

import org.jspecify.annotations.Nullable;

/** A request that is refused: the status of the answer, and its message. */
final class RequestException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient @Nullable Place place;

    /**
     * Where in the body it went wrong.
     *
     * @param row the row's number from 0; null where the body is no row
     * @param column the name of the cell's column; null where it is about no single cell
     * @param value the cell; null where it is missing, or was not read
     */
    record Place(
            @Nullable Integer row,
            @Nullable String column,
            @Nullable Object value) {}

    RequestException(int status, String message) {
        this(status, message, null);
    }

    RequestException(int status, String message, @Nullable Place place) {
        super(message, null, false, false);
        this.status = status;
        this.place = place;
    }

    int status() {
        return status;
    }

    @Nullable
    Place place() {
        return place;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
