package dev.lockstep.spark.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointDamageTest {
    @TempDir
    private Path folder;

    private byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name));
    }

    private Checkpoints checkpoints(int count) throws IOException {
        for (int i = 1; i <= count; i++) {
            Files.write(folder.resolve("checkpoint-00" + i + ".safetensors"), new byte[] {1, 2, 3, 4});
            Files.write(folder.resolve("checkpoint-00" + i + ".json"), new byte[] {5, 6});
        }
        return new Checkpoints(folder);
    }

    @Test
    void cutsTheNewest() throws IOException {
        Checkpoints checkpoints = checkpoints(2);
        assertThat(new CheckpointDamage.Cut(Checkpoints.Part.STATE, 0.8).apply(checkpoints))
                .contains("checkpoint-002.safetensors from 4 bytes to 3");
        assertThat(new CheckpointDamage.Cut(Checkpoints.Part.MANIFEST, 0).apply(checkpoints))
                .contains("checkpoint-002.json from 2 bytes to 0");
        assertThat(bytes("checkpoint-002.safetensors")).containsExactly(1, 2, 3);
        assertThat(bytes("checkpoint-002.json")).isEmpty();
        assertThat(bytes("checkpoint-001.safetensors")).containsExactly(1, 2, 3, 4);
        assertThat(bytes("checkpoint-001.json")).containsExactly(5, 6);
    }

    @Test
    void flipsABitOfTheNewest() throws IOException {
        CheckpointDamage flip = new CheckpointDamage.FlipBit(Checkpoints.Part.STATE, 0.75, 7);
        assertThat(flip.apply(checkpoints(2))).contains("checkpoint-002.safetensors, bit 7 of byte 3");
        assertThat(bytes("checkpoint-002.safetensors")).containsExactly(1, 2, 3, 4 - 128);
        flip.apply(new Checkpoints(folder));
        assertThat(bytes("checkpoint-002.safetensors")).containsExactly(1, 2, 3, 4);
    }

    @Test
    void sparesTheOnlyOne() throws IOException {
        CheckpointDamage cut = new CheckpointDamage.Cut(Checkpoints.Part.STATE, 0);
        assertThat(cut.apply(new Checkpoints(folder.resolve("absent")))).isEmpty();
        assertThat(cut.apply(checkpoints(1))).isEmpty();
        assertThat(bytes("checkpoint-001.safetensors")).hasSize(4);
        assertThat(new CheckpointDamage.None().apply(checkpoints(2))).isEmpty();
    }

    @Test
    void checkpointsTellWhatIsUnderWay() throws IOException {
        Checkpoints checkpoints = checkpoints(1);
        assertThat(checkpoints.unfinished()).isEmpty();
        assertThat(checkpoints.hasNewerThan(Instant.EPOCH)).isTrue();
        assertThat(checkpoints.hasNewerThan(Instant.now().plusSeconds(60))).isFalse();
        Path part = Files.createFile(folder.resolve(".checkpoint-002.json.part"));
        assertThat(checkpoints.unfinished()).containsExactly(part);
    }
}
