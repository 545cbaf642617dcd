package dev.lockstep.spark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.Mutations;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("compat")
class FingerprintCodecTest {
    private static final JobFingerprint FINGERPRINT = fingerprint(0.1);

    private static JobFingerprint fingerprint(double rate) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("seed", -2L);
        settings.put("rate", rate);
        settings.put("bias", true);
        settings.put("loss", "h\u00fcber");
        return new JobFingerprint(settings);
    }

    /** Written out by hand after the format's description. */
    @Test
    void goldenBytes() {
        String expected = "00000004"
                + "00000004" + "73656564" + "01" + "fffffffffffffffe"
                + "00000004" + "72617465" + "02" + "3fb999999999999a"
                + "00000004" + "62696173" + "03" + "01"
                + "00000004" + "6c6f7373" + "04" + "00000006" + "68c3bc626572";
        assertThat(HexFormat.of().formatHex(FingerprintCodec.encode(FINGERPRINT)))
                .isEqualTo(expected);
        assertThat(FingerprintCodec.decode(HexFormat.of().parseHex(expected))).isEqualTo(FINGERPRINT);
    }

    @Test
    void theLastBitOfANumberIsADifference() {
        JobFingerprint other = fingerprint(Math.nextUp(0.1));
        assertThat(FINGERPRINT.differences(FingerprintCodec.decode(FingerprintCodec.encode(other))))
                .containsExactly("rate is 0.10000000000000002 there, 0.1 here");
        assertThat(FINGERPRINT.differences(FINGERPRINT)).isEmpty();
        assertThat(FINGERPRINT.differences(new JobFingerprint(Map.of("more", 1L))))
                .containsExactly(
                        "seed is absent there, -2 here",
                        "rate is absent there, 0.1 here",
                        "bias is absent there, true here",
                        "loss is absent there, h\u00fcber here",
                        "more is 1 there, absent here");
    }

    @Test
    void damagedFingerprintsAreErrors() {
        int sound = Mutations.read(
                10_000,
                List.of(FingerprintCodec.encode(FINGERPRINT)),
                FingerprintCodec::decode,
                Set.of(IllegalArgumentException.class));
        assertThat(sound).isBetween(500, 8000);
    }
}
