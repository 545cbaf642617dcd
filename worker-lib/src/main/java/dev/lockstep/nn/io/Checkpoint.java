package dev.lockstep.nn.io;

import dev.lockstep.nn.train.TrainState;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.HexFormat;
import java.util.Map;

/** A checkpoint that {@link CheckpointFiles#open} found whole. Its vectors stay in the file until {@link #load}. */
public final class Checkpoint {
    private static final int BUFFER = 1 << 16;

    private final FileDirectory directory;
    private final String name;
    private final Map<String, String> metadata;
    private final byte[] fingerprint;

    private Checkpoint(FileDirectory directory, String name, Map<String, String> metadata, byte[] fingerprint) {
        this.directory = directory;
        this.name = name;
        this.metadata = metadata;
        this.fingerprint = fingerprint;
    }

    static Checkpoint read(FileDirectory directory, long step, String name) throws IOException {
        String place = directory.location(name);
        try (InputStream in = new BufferedInputStream(directory.open(name), BUFFER)) {
            Map<String, String> metadata = new SafeTensorsReader(in, directory.length(name), place).metadata();
            if (!"lockstep-checkpoint".equals(metadata.get("format"))) {
                throw new ModelException(place, "format: expected lockstep-checkpoint, got " + metadata.get("format"));
            }
            if (!Long.toString(step).equals(metadata.get("step"))) {
                throw new ModelException(place, "step: expected " + step + ", got " + metadata.get("step"));
            }
            String fingerprint = metadata.getOrDefault("fingerprint", "");
            return new Checkpoint(directory, name, metadata, HexFormat.of().parseHex(fingerprint));
        } catch (IllegalArgumentException e) {
            throw new ModelException(place, "fingerprint: " + e.getMessage(), e);
        }
    }

    /** The file, for messages. */
    public String location() {
        return directory.location(name);
    }

    /** The job that it belongs to, as it was given to {@link CheckpointFiles#write}. */
    public byte[] fingerprint() {
        return fingerprint.clone();
    }

    /**
     * Reads the state.
     *
     * @param initial the state before the first step; its vectors are overwritten
     * @return the state, in the vectors of {@code initial}
     * @throws ModelException if the vectors have other lengths, or the file is gone or cut short
     * @throws IOException if the file cannot be read, which says nothing about its content
     */
    public TrainState load(TrainState initial) throws IOException {
        try (InputStream in = new BufferedInputStream(directory.open(name), BUFFER)) {
            TrainState state = StateText.get(metadata, initial, location());
            new SafeTensorsReader(in, directory.length(name), location())
                    .read(StateVectors.of(initial).tensors());
            return state;
        } catch (FileNotFoundException | NoSuchFileException | EOFException e) {
            throw new ModelException(location(), FileReason.of(e), e);
        }
    }
}
