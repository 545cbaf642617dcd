package dev.lockstep.nn.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentHashTest {
    private static final long PRIME_32 = 2654435761L;

    /** The bytes that xxHash's own sanity check hashes. */
    private static float[] sanityBuffer(int floats) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * floats).order(ByteOrder.LITTLE_ENDIAN);
        long generator = PRIME_32;
        while (bytes.hasRemaining()) {
            bytes.put((byte) (generator >>> 56));
            generator *= 0x9E3779B185EBCA87L;
        }
        float[] values = new float[floats];
        for (int i = 0; i < floats; i++) {
            values[i] = Float.intBitsToFloat(bytes.getInt(4 * i));
        }
        return values;
    }

    /** The values for no bytes are published with xxHash, the others are what lz4-java 1.8.0 computes. */
    @ParameterizedTest
    @CsvSource({
        "0, ef46db3751d8e999, ac75fda2929b17ef",
        "1, e244ddbcf81e29e4, 9c2a66164d52ebc2",
        "2, ca240b08878d6ff6, 42a2317919726086",
        "3, 948a0189761dd7ff, c7bb6d07cf8a17ea",
        "7, 4cc6136b5a3bd9f0, 861384c2e5794c2b",
        "8, 91382f920a08001c, 134f5ce3d4da1311",
        "9, bdf23e36ac3f32a2, 7579d105000dcf0a",
        "15, 1d03f7a71a5ec19a, e042a518e9b07e59",
        "16, c1f8dc73fe9686ca, 202b92c43bf1e4cb",
        "17, 65558c6598c48662, 782674339aec652a",
        "33, cf6b4b1ca5f966fc, 88b0179f89740f8c",
        "55, db1867b2fa892e68, b026b1013626d0b8",
    })
    void agreesWithXxHash(int floats, String unseeded, String seeded) {
        float[] values = sanityBuffer(floats);
        assertThat(Long.toHexString(ContentHash.hash(values, 0, floats, 0))).isEqualTo(unseeded);
        assertThat(Long.toHexString(ContentHash.hash(values, 0, floats, PRIME_32)))
                .isEqualTo(seeded);
    }

    @Test
    void bytesHaveTheHashOfTheFloatsThatTheyAre() {
        float[] values = sanityBuffer(40);
        ByteBuffer bytes = ByteBuffer.allocate(160).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        for (int floats = 0; floats <= 40; floats++) {
            assertThat(ContentHash.hash(bytes.array(), 4 * floats, 9))
                    .isEqualTo(ContentHash.hash(values, 0, floats, 9));
        }
    }

    /** What lz4-java 1.8.0 computes where the length is no multiple of 4. */
    @ParameterizedTest
    @CsvSource({"a, d24ec4f1a98c6e5b", "abc, 44bc2cf5ad770999", "'', ef46db3751d8e999"})
    void textsAreHashedByTheirBytes(String text, String hash) {
        assertThat(Long.toHexString(ContentHash.ofText(text))).isEqualTo(hash);
    }

    @Test
    void seesNothingBesideTheRange() {
        float[] values = sanityBuffer(20);
        float[] shifted = new float[30];
        System.arraycopy(values, 0, shifted, 7, 20);
        assertThat(ContentHash.hash(shifted, 7, 20, 5)).isEqualTo(ContentHash.hash(values, 0, 20, 5));
    }
}
