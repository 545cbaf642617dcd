package dev.lockstep.nn.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A directory of files on some file system: where a model or checkpoints lie. A name is that of a file right inside the
 * directory; one that could lead elsewhere is an {@link IllegalArgumentException}.
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

    /**
     * Names of the files in it, in no order, without those that are being written; none if the directory is missing.
     */
    List<String> list() throws IOException;

    /** Whether the file is there. */
    boolean exists(String name) throws IOException;

    /** Length of a file in bytes. */
    long length(String name) throws IOException;

    /** Opens a file; the caller closes it. */
    InputStream open(String name) throws IOException;

    /**
     * Writes a file so that no reader ever sees half of it: beside it first, then by renaming. Makes the directory if
     * it is missing, replaces a file of the same name.
     */
    void write(String name, Content content) throws IOException;

    /**
     * Writes a small file that must not exist yet: of several who try, one succeeds. A reader may see it before all
     * bytes are there. Makes the directory if it is missing.
     *
     * @return false if there is a file of this name already
     */
    boolean create(String name, byte[] content) throws IOException;

    /** Adds bytes at the end of a file that {@link #write} made. */
    void append(String name, byte[] addition) throws IOException;

    /** Deletes a file if it is there. */
    void delete(String name) throws IOException;

    /** Deletes what writes left that were cut off; no one may be writing meanwhile. */
    void deleteUnfinished() throws IOException;

    /** Deletes the directory itself if nothing is in it. */
    void deleteIfEmpty() throws IOException;

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

    /** What a file is called while it is written; {@link #isUnfinished} tells it from others. */
    static String unfinished(String name) {
        return "." + name + "." + UUID.randomUUID() + Names.UNFINISHED;
    }

    /** Whether {@link #unfinished} made a name. */
    static boolean isUnfinished(String name) {
        return name.startsWith(".") && name.endsWith(Names.UNFINISHED);
    }

    /** What a file of a model may be called. */
    final class Names {
        private static final Pattern INSIDE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");
        private static final String UNFINISHED = ".part";

        private Names() {}
    }
}
