package dev.lockstep.nn.io;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.lockstep.nn.spec.JsonTree;
import dev.lockstep.nn.spec.SpecException;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.train.TrainState;
import java.io.CharConversionException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Training states as files of a directory. A checkpoint of step 120 is {@code checkpoint-000000000120.safetensors},
 * which holds the state's vectors, the rest of the state and the fingerprint of the job, and
 * {@code checkpoint-000000000120.json}, the manifest with the length and the SHA-256 of the former. The manifest is
 * written last: a checkpoint is there from that moment on, and what an interrupted writer leaves is none.
 */
public final class CheckpointFiles {
    /** The format that this version writes and reads. */
    private static final int FORMAT_VERSION = 2;

    private static final int MAX_MANIFEST_BYTES = 1 << 16;
    private static final int BUFFER = 1 << 16;
    private static final Pattern NAME = Pattern.compile("checkpoint-([0-9]{12,18})\\.(json|safetensors)");

    private CheckpointFiles() {}

    /**
     * What a manifest says.
     *
     * @param formatVersion version of the checkpoint's format
     * @param lockstepVersion the version of Lockstep that wrote it
     * @param step steps taken
     * @param file name of the file with the state
     * @param length its length in bytes
     * @param sha256 SHA-256 of its bytes, in hexadecimal
     */
    private record Manifest(
            @JsonProperty(required = true) Integer formatVersion,
            @JsonProperty(required = true) String lockstepVersion,
            @JsonProperty(required = true) Long step,
            @JsonProperty(required = true) String file,
            @JsonProperty(required = true) Long length,
            @JsonProperty(required = true) String sha256) {}

    /** The file that holds the state after a number of steps. */
    public static String stateFile(long step) {
        return stem(step) + ".safetensors";
    }

    /** The file that makes it a checkpoint. */
    public static String manifestFile(long step) {
        return stem(step) + ".json";
    }

    private static String stem(long step) {
        return String.format(Locale.ROOT, "checkpoint-%012d", step);
    }

    /** The steps of the checkpoints in a directory, the newest first. */
    public static List<Long> steps(FileDirectory directory) throws IOException {
        return steps(directory.list());
    }

    private static List<Long> steps(List<String> names) {
        TreeSet<Long> steps = new TreeSet<>();
        for (String name : names) {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches() && matcher.group(2).equals("json")) {
                steps.add(Long.valueOf(matcher.group(1)));
            }
        }
        return new ArrayList<>(steps.descendingSet());
    }

    /** Whether a file of this name is a part of a checkpoint. */
    public static boolean isPart(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Writes a checkpoint.
     *
     * @param state read
     * @param fingerprint the job, as {@link #open} gives it back
     */
    public static void write(FileDirectory directory, TrainState state, byte[] fingerprint) throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "lockstep-checkpoint");
        StateText.put(state, metadata);
        metadata.put("fingerprint", HexFormat.of().formatHex(fingerprint));
        MessageDigest digest = ModelFiles.newSha256();
        long[] length = new long[1];
        directory.write(stateFile(state.step()), out -> {
            CountingStream counter = new CountingStream(new DigestOutputStream(out, digest));
            SafeTensors.write(counter, StateVectors.of(state).tensors(), metadata);
            length[0] = counter.count;
        });
        Manifest manifest = new Manifest(
                FORMAT_VERSION,
                LockstepVersion.current(),
                state.step(),
                stateFile(state.step()),
                length[0],
                HexFormat.of().formatHex(digest.digest()));
        byte[] json = (SpecMapper.tree(manifest).toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
        directory.write(manifestFile(state.step()), out -> out.write(json));
    }

    /**
     * Checks a checkpoint's files, their lengths and the SHA-256.
     *
     * @return the checkpoint, whose vectors have not been read yet
     * @throws ModelException if a file is missing, cut short or damaged
     * @throws IOException if a file cannot be read, which says nothing about its content
     */
    public static Checkpoint open(FileDirectory directory, long step) throws IOException {
        Manifest manifest = manifest(directory, step);
        String name = stateFile(step);
        String place = directory.location(name);
        if (manifest.step() != step || !manifest.file().equals(name)) {
            throw new ModelException(
                    directory.location(manifestFile(step)),
                    "expected step " + step + " and file \"" + name + "\", got step " + manifest.step() + " and file \""
                            + manifest.file() + "\"");
        }
        try {
            long length = directory.length(name);
            if (length != manifest.length()) {
                throw new ModelException(place, "expected " + manifest.length() + " bytes, the file has " + length);
            }
            String sha256 = sha256(directory, name);
            if (!sha256.equals(manifest.sha256())) {
                throw new ModelException(
                        place, "the file's sha256 is " + sha256 + ", the manifest says " + manifest.sha256());
            }
            return Checkpoint.read(directory, step, name);
        } catch (FileNotFoundException | NoSuchFileException | EOFException e) {
            throw new ModelException(place, FileReason.of(e), e);
        }
    }

    private static Manifest manifest(FileDirectory directory, long step) throws IOException {
        String name = manifestFile(step);
        String place = directory.location(name);
        try (InputStream in = directory.open(name)) {
            byte[] bytes = in.readNBytes(MAX_MANIFEST_BYTES + 1);
            if (bytes.length > MAX_MANIFEST_BYTES) {
                throw new ModelException(
                        place, "expected at most " + MAX_MANIFEST_BYTES + " bytes, got " + directory.length(name));
            }
            Manifest manifest = SpecMapper.bind(JsonTree.read(bytes), Manifest.class, "");
            if (manifest.formatVersion() != FORMAT_VERSION) {
                throw new ModelException(
                        place,
                        "formatVersion: this is Lockstep " + LockstepVersion.current() + ", which reads "
                                + FORMAT_VERSION + "; the checkpoint is of format " + manifest.formatVersion()
                                + ", written by Lockstep " + manifest.lockstepVersion());
            }
            return manifest;
        } catch (JsonProcessingException e) {
            throw new ModelException(place, "not JSON: " + e.getOriginalMessage(), e);
        } catch (CharConversionException e) {
            throw new ModelException(place, "not JSON: " + e.getMessage(), e);
        } catch (SpecException e) {
            throw new ModelException(place, e.getMessage(), e);
        } catch (FileNotFoundException | NoSuchFileException e) {
            throw new ModelException(place, FileReason.of(e), e);
        }
    }

    private static String sha256(FileDirectory directory, String name) throws IOException {
        MessageDigest digest = ModelFiles.newSha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = directory.open(name)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Deletes a checkpoint, or what there is of it. */
    public static void delete(FileDirectory directory, long step) throws IOException {
        directory.delete(manifestFile(step));
        directory.delete(stateFile(step));
    }

    /** Deletes all checkpoints but the newest, and states whose manifest was never written. */
    public static void prune(FileDirectory directory, int keep) throws IOException {
        List<String> names = directory.list();
        List<Long> kept = steps(names);
        kept = kept.subList(0, Math.min(keep, kept.size()));
        List<String> states = new ArrayList<>();
        for (String name : names) {
            Matcher matcher = NAME.matcher(name);
            if (!matcher.matches() || kept.contains(Long.valueOf(matcher.group(1)))) {
                continue;
            }
            if (matcher.group(2).equals("json")) {
                directory.delete(name);
            } else {
                states.add(name);
            }
        }
        // After the manifests: a state without one is no checkpoint, a manifest without its state is a damaged one.
        for (String name : states) {
            directory.delete(name);
        }
    }

    /** Counts what passes through. */
    private static final class CountingStream extends OutputStream {
        private final OutputStream out;
        private long count;

        CountingStream(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }
    }
}
