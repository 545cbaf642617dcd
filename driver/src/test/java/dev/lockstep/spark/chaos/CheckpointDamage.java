package dev.lockstep.spark.chaos;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** What happens to the newest checkpoint while no driver runs. */
sealed interface CheckpointDamage {
    /** What the report counts. */
    String kind();

    /**
     * Damages a file of the newest checkpoint. Spares the only one, without which there is nothing to resume from.
     *
     * @return what was done to which file; empty if nothing was
     */
    Optional<String> apply(Checkpoints checkpoints) throws IOException;

    /** Nothing happens to it. */
    record None() implements CheckpointDamage {
        @Override
        public String kind() {
            return "none";
        }

        @Override
        public Optional<String> apply(Checkpoints checkpoints) {
            return Optional.empty();
        }
    }

    /** A file of it is damaged. */
    sealed interface OfFile extends CheckpointDamage {
        /** Which file. */
        Checkpoints.Part part();

        /** Damages it, and tells how. */
        String damage(FileChannel file) throws IOException;

        @Override
        default Optional<String> apply(Checkpoints checkpoints) throws IOException {
            Optional<Path> newest = checkpoints.newestOfSeveral(part());
            if (newest.isEmpty()) {
                return Optional.empty();
            }
            try (FileChannel file = FileChannel.open(newest.get(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                return Optional.of(newest.get().getFileName() + damage(file));
            }
        }
    }

    /**
     * A file ends too early.
     *
     * @param part which file
     * @param share how much of it is left, at least 0 and below 1
     */
    record Cut(Checkpoints.Part part, double share) implements OfFile {
        @Override
        public String kind() {
            return "checkpoint cut short";
        }

        @Override
        public String damage(FileChannel file) throws IOException {
            long size = file.size();
            long left = (long) (share * size);
            file.truncate(left);
            return " from " + size + " bytes to " + left;
        }
    }

    /**
     * A bit of a file is flipped.
     *
     * @param part which file
     * @param share where: behind so much of it, at least 0 and below 1
     * @param bit which bit of the byte there, from 0 to 7
     */
    record FlipBit(Checkpoints.Part part, double share, int bit) implements OfFile {
        @Override
        public String kind() {
            return "bit of a checkpoint flipped";
        }

        @Override
        public String damage(FileChannel file) throws IOException {
            long offset = (long) (share * file.size());
            ByteBuffer hit = ByteBuffer.allocate(1);
            file.read(hit, offset);
            hit.put(0, (byte) (hit.get(0) ^ 1 << bit)).flip();
            file.write(hit, offset);
            return ", bit " + bit + " of byte " + offset;
        }
    }
}
