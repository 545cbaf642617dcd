package dev.lockstep.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RandomKernelsTest {
    private static final int COUNT = 1 << 20;
    private final RandomKernels random = new ScalarRandomKernels();

    @Test
    void normalValuesHaveTheMomentsOfANormalDistribution() {
        float[] x = new float[COUNT];
        random.normal(99, 0, Vector.of(x));
        double[] moments = new double[5];
        int beyondThree = 0;
        for (float v : x) {
            double power = 1;
            for (int i = 1; i < 5; i++) {
                power *= v;
                moments[i] += power / COUNT;
            }
            beyondThree += Math.abs(v) > 3 ? 1 : 0;
        }
        // Five standard errors of each.
        assertThat(moments[1]).isCloseTo(0, Offset.offset(0.005));
        assertThat(moments[2]).isCloseTo(1, Offset.offset(0.007));
        assertThat(moments[3]).isCloseTo(0, Offset.offset(0.019));
        assertThat(moments[4]).isCloseTo(3, Offset.offset(0.048));
        assertThat(beyondThree / (double) COUNT).isCloseTo(0.0027, Offset.offset(0.00026));
    }

    @Test
    void dropoutKeepsTheExpectedShareAndScalesIt() {
        float[] ones = new float[COUNT];
        Arrays.fill(ones, 1f);
        float[] mask = new float[COUNT];
        random.dropout(7, 3, 0.2f, Vector.of(ones), Vector.of(mask));
        int kept = 0;
        for (float v : mask) {
            assertThat(v == 0f || v == 1f / 0.8f).isTrue();
            kept += v == 0f ? 0 : 1;
        }
        assertThat(kept / (double) COUNT).isCloseTo(0.8, Offset.offset(0.002));
        random.dropout(7, 3, 0f, Vector.of(ones), Vector.of(mask));
        assertThat(mask).containsOnly(1f);
    }

    @Test
    void anyPartOfAStreamCanBeMadeAlone() {
        float[] whole = new float[100];
        random.normal(5, 0, Vector.of(whole));
        for (int first = 0; first < 100; first += 7) {
            float[] part = new float[100 - first];
            random.normal(5, first, Vector.of(part));
            assertThat(part).isEqualTo(Arrays.copyOfRange(whole, first, 100));
        }
    }
}
