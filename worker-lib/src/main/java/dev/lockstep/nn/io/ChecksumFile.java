package dev.lockstep.nn.io;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@value #NAME}: the SHA-256 of a model's files, a line each, as the command {@code sha256sum} writes and checks it.
 */
public final class ChecksumFile {
    /** Name of the file. */
    public static final String NAME = "SHA256SUMS";

    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) [ *]([^/]+)");
    private static final int BUFFER = 1 << 16;

    private ChecksumFile() {}

    /**
     * Writes the digests of files.
     *
     * @param names of the files, which are there
     */
    public static void write(FileDirectory directory, List<String> names) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String name : names) {
            lines.append(sha256(directory, name)).append("  ").append(name).append('\n');
        }
        byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
        directory.write(NAME, out -> out.write(bytes));
    }

    /**
     * Checks the files that are listed.
     *
     * @return the names of the files; null if the directory has no {@value #NAME}
     * @throws ModelException naming a file that is missing, or differs from its digest
     */
    public static @Nullable List<String> verify(FileDirectory directory) {
        try {
            if (!directory.exists(NAME)) {
                return null;
            }
            Map<String, String> listed = listed(directory);
            for (Map.Entry<String, String> file : listed.entrySet()) {
                String digest = sha256(directory, file.getKey());
                if (!digest.equals(file.getValue())) {
                    throw new ModelException(
                            directory.location(file.getKey()),
                            "the file's sha256 is " + digest + ", " + NAME + " says " + file.getValue());
                }
            }
            return List.copyOf(listed.keySet());
        } catch (IOException e) {
            throw new ModelException(directory.location(NAME), FileReason.of(e), e);
        }
    }

    private static Map<String, String> listed(FileDirectory directory) throws IOException {
        Map<String, String> listed = new LinkedHashMap<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(directory.open(NAME), StandardCharsets.UTF_8))) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                Matcher matcher = LINE.matcher(line);
                if (!matcher.matches()) {
                    throw new ModelException(
                            directory.location(NAME),
                            "line " + number + ": expected 64 hexadecimal digits and the name of a file");
                }
                listed.put(matcher.group(2), matcher.group(1));
            }
        }
        return listed;
    }

    /**
     * The SHA-256 of a file's bytes, in hexadecimal.
     *
     * @throws ModelException if the file does not exist
     */
    public static String sha256(FileDirectory directory, String name) throws IOException {
        MessageDigest digest = ModelFiles.newSha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = directory.open(name)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        } catch (FileNotFoundException | NoSuchFileException e) {
            throw new ModelException(directory.location(name), NAME + " lists the file, but it does not exist", e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
