package dev.lockstep.nn.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this library, as the build wrote it. */
public final class LockstepVersion {
    private static final String VERSION = read();

    private LockstepVersion() {}

    /** For example {@code 0.1.0}. */
    public static String current() {
        return VERSION;
    }

    private static String read() {
        Properties properties = new Properties();
        try (InputStream in = LockstepVersion.class.getResourceAsStream("lockstep.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read lockstep.properties, which the build puts beside this class", e);
        }
        return properties.getProperty("version");
    }
}
