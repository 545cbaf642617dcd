package dev.lockstep.nn.spec;

import org.jspecify.annotations.Nullable;

/**
 * A description (job file, model file) contains an invalid setting: an unknown key, a value of the wrong type or out of
 * its range. The message is one line: the path of the key, then what was expected and what was found.
 */
public final class SpecException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Longer than any path of keys that exist. */
    private static final int MOST_PATH = 300;

    private final String path;
    private final String detail;

    /**
     * @param path keys from the root, joined by dots, list elements by their index from 0
     *     ({@code model.layers.0.dense}); empty for the root itself
     * @param detail what was expected and what was found
     */
    public SpecException(String path, @Nullable String detail) {
        super(path.isEmpty() ? String.valueOf(detail) : Excerpt.of(path, MOST_PATH) + ": " + detail);
        this.path = path;
        this.detail = String.valueOf(detail);
    }

    /** Where: keys from the root, joined by dots; empty for the root. */
    public String path() {
        return path;
    }

    /** What was expected and what was found. */
    public String detail() {
        return detail;
    }
}
