package dev.lockstep.nn.io;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * The reason why a file could not be read or written, as text: the JDK's exceptions often name the file and nothing
 * else.
 */
public final class FileReason {
    private FileReason() {}

    /**
     * What to say behind the name of the file, or of what was to be done with it.
     *
     * @param failure of {@code java.nio.file}, {@code java.io} or Hadoop
     */
    public static String of(IOException failure) {
        if (failure instanceof NoSuchFileException || failure instanceof FileNotFoundException) {
            return "the file does not exist";
        }
        if (failure instanceof FileSystemException known) {
            return known.getFile() == null ? reason(known) : known.getFile() + ": " + reason(known);
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static String reason(FileSystemException failure) {
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        // What is there already where a directory is to be made is a file: a directory would do.
        if (failure instanceof NotDirectoryException || failure instanceof FileAlreadyExistsException) {
            return "is a file, expected a directory";
        }
        return failure.getReason() == null ? failure.getClass().getSimpleName() : failure.getReason();
    }
}
