package dev.lockstep.spark.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The checkpoints of a run as files, which a driver may write and delete meanwhile.
 *
 * @param folder where they lie, once the first is written
 */
record Checkpoints(Path folder) {
    /** The two files of a checkpoint. */
    enum Part {
        STATE(".safetensors"),
        MANIFEST(".json");

        private final String suffix;

        Part(String suffix) {
            this.suffix = suffix;
        }
    }

    private List<Path> all(Part part) throws IOException {
        return ChaosFolder.list(folder).stream()
                .filter(file -> file.getFileName().toString().matches("checkpoint-.*\\" + part.suffix))
                .toList();
    }

    /** A file of the newest checkpoint that has one; empty if there are not two checkpoints at least. */
    Optional<Path> newestOfSeveral(Part part) throws IOException {
        return all(Part.MANIFEST).size() < 2
                ? Optional.empty()
                : all(part).stream().max(Comparator.naturalOrder());
    }

    /** Whether any has been completed since a moment. */
    boolean hasNewerThan(Instant moment) throws IOException {
        return all(Part.MANIFEST).stream().anyMatch(file -> file.toFile().lastModified() > moment.toEpochMilli());
    }

    /** The files that a writer is writing, or left when it was killed. */
    Set<Path> unfinished() throws IOException {
        return ChaosFolder.list(folder).stream()
                .filter(file -> file.getFileName().toString().matches("\\..*\\.part"))
                .collect(Collectors.toSet());
    }
}
