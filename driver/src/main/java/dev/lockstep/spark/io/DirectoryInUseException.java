package dev.lockstep.spark.io;

import java.io.IOException;

/** Another run writes into a directory. */
public final class DirectoryInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    DirectoryInUseException(String directory, String holder) {
        super("another run writes into " + directory + " (" + holder
                + "): wait until it ends, stop it, or choose another directory");
    }
}
