package dev.lockstep.nn.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.regex.Pattern;

/**
 * A directory of files on some file system: where a model lies. A name is that of a file right inside the directory; one
 * that could lead elsewhere is an {@link IllegalArgumentException}.
 */
public interface FileDirectory {

    /** Writes a file's bytes. */
    @FunctionalInterface
    interface Content {
        /** Writes everything to the stream, which the caller closes. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** The directory as a person writes it, for messages. */
    String location();

    /** Whether the file is there. */
    boolean exists(String name) throws IOException;

    /** Length of a file in bytes. */
    long length(String name) throws IOException;

    /** Opens a file; the caller closes it. */
    InputStream open(String name) throws IOException;

    /**
     * Writes a file so that no reader ever sees half of it: beside it first, then by renaming. Makes the directory if it
     * is missing, replaces a file of the same name.
     */
    void write(String name, Content content) throws IOException;

    /** Adds bytes at the end of a file that {@link #write} made. */
    void append(String name, byte[] addition) throws IOException;

    /** Deletes a file if it is there. */
    void delete(String name) throws IOException;

    /** The file as a person writes it, for messages. */
    default String location(String name) {
        return location().endsWith("/") ? location() + name : location() + "/" + name;
    }

    /** Returns a name that stays inside the directory, else throws. */
    static String checked(String name) {
        if (!Names.INSIDE.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + name
                    + "\" cannot name a file of a model: letters, digits, '.', '_' and '-' only, no '.' first");
        }
        return name;
    }

    /** What a file of a model may be called. */
    final class Names {
        private static final Pattern INSIDE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");

        private Names() {}
    }
}
