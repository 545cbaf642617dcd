package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.train.Compression;
import org.junit.jupiter.api.Test;

class CompressionMemoryTest {
    private static final long MEGABYTE = 1_000_000;
    private static final Compression TOP_K = new Compression.TopK(null);
    private static final Compression NARROW = new Compression.Bfloat16();

    /** Ten million parameters and eight shards: 320 MB. */
    private static void check(CompressionMemory memory, Compression compression) {
        memory.check(compression, 8, 2, 10_000_000);
    }

    @Test
    void whatHasRoom() {
        for (boolean local : new boolean[] {false, true}) {
            CompressionMemory enough = new CompressionMemory(640 * MEGABYTE, local, 320 * MEGABYTE);
            assertThatCode(() -> check(enough, TOP_K)).doesNotThrowAnyException();
            assertThatCode(() -> check(enough, NARROW)).doesNotThrowAnyException();
            CompressionMemory little = new CompressionMemory(MEGABYTE, local, MEGABYTE);
            assertThatCode(() -> check(little, new Compression.None())).doesNotThrowAnyException();
        }
        assertThatCode(() -> check(new CompressionMemory(MEGABYTE, false, MEGABYTE), NARROW))
                .doesNotThrowAnyException();
    }

    @Test
    void whatHasNone() {
        assertThatThrownBy(() -> check(new CompressionMemory(639 * MEGABYTE, true, 1), TOP_K))
                .hasMessage(
                        "sync.compression: it takes 640 MB (vectors of 10,000,000 parameters for 8 shards), more than"
                                + " the driver's heap of 639 MB; give it more with --driver-memory, or use fewer"
                                + " data.shards or compression none");
        assertThatThrownBy(() -> check(new CompressionMemory(639 * MEGABYTE, false, 320 * MEGABYTE), TOP_K))
                .hasMessageContaining("640 MB");
        assertThatThrownBy(() -> check(new CompressionMemory(319 * MEGABYTE, true, 1), NARROW))
                .hasMessageContaining("320 MB");
        assertThatThrownBy(() -> check(new CompressionMemory(640 * MEGABYTE, false, 319 * MEGABYTE), TOP_K))
                .hasMessageContaining("320 MB")
                .hasMessageContaining(
                        "more than spark.driver.maxResultSize of 319 MB may bring back in a round; raise it, or");
        CompressionMemory vast = new CompressionMemory(Long.MAX_VALUE, false, Long.MAX_VALUE);
        assertThatThrownBy(() -> vast.check(TOP_K, 8, 2, 200_000_000))
                .hasMessageContaining("3,200 MB")
                .hasMessageContaining("the 2 GB that one rank can bring back; use more ranks");
        assertThatCode(() -> vast.check(TOP_K, 8, 4, 200_000_000)).doesNotThrowAnyException();
    }
}
