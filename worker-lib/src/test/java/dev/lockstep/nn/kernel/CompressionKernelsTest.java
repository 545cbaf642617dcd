package dev.lockstep.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** 16-bit floats against a table of all that there are, and the greatest elements against a sort. */
class CompressionKernelsTest {
    private static final List<CompressionKernels> TWINS =
            List.of(new ScalarCompressionKernels(), new SimdCompressionKernels());

    static Stream<CompressionKernels> twins() {
        return TWINS.stream();
    }

    /** The two formats: their numbers follow from the sizes of their fields. */
    private enum Format {
        BFLOAT16(8, 7),
        FLOAT16(5, 10);

        private final int exponentBits;
        private final int fractionBits;

        /**
         * The number of each bits that is not negative, up to what would be there in place of infinity if exponents
         * went on.
         */
        private final double[] numbers;

        Format(int exponentBits, int fractionBits) {
            this.exponentBits = exponentBits;
            this.fractionBits = fractionBits;
            numbers = IntStream.rangeClosed(0, infinity())
                    .mapToDouble(this::value)
                    .toArray();
        }

        int infinity() {
            return (1 << exponentBits) - 1 << fractionBits;
        }

        /** {@code 2^(e - bias) 1.f}; without the one and with the exponent of e = 1 where e is 0. */
        private double value(int bits) {
            int exponent = bits >>> fractionBits;
            int fraction = bits & (1 << fractionBits) - 1;
            int significand = exponent == 0 ? fraction : fraction + (1 << fractionBits);
            return Math.scalb((double) significand, Math.max(exponent, 1) - (1 << exponentBits - 1) + 1 - fractionBits);
        }

        /** The bits of the nearest number; of two as near the one whose last bit is even. */
        int nearest(float x) {
            if (Float.isNaN(x)) {
                return infinity() | 1 << fractionBits - 1;
            }
            int sign = Float.floatToRawIntBits(x) < 0 ? 0x8000 : 0;
            if (Float.isInfinite(x)) {
                return sign | infinity();
            }
            // Everything here is exact in double: 24 bits, and neighbours of at most 11.
            double exact = Math.abs(x);
            int at = Arrays.binarySearch(numbers, exact);
            if (at >= 0) {
                return sign | at;
            }
            int above = -at - 1;
            if (above == numbers.length) {
                return sign | infinity();
            }
            int below = above - 1;
            int closer = Double.compare(exact - numbers[below], numbers[above] - exact);
            boolean down = closer < 0 || closer == 0 && below % 2 == 0;
            return sign | (down ? below : above);
        }

        /** The number that some bits stand for. */
        float number(int bits) {
            int magnitude = bits & 0x7FFF;
            if (magnitude > infinity()) {
                return Float.NaN;
            }
            float number = magnitude == infinity() ? Float.POSITIVE_INFINITY : (float) numbers[magnitude];
            return bits >= 0x8000 ? -number : number;
        }

        void to(CompressionKernels kernels, float[] x, short[] y) {
            if (this == BFLOAT16) {
                kernels.toBfloat16(x, 1, y, 2, x.length - 1);
            } else {
                kernels.toFloat16(x, 1, y, 2, x.length - 1);
            }
        }

        void from(CompressionKernels kernels, short[] x, float[] y) {
            if (this == BFLOAT16) {
                kernels.fromBfloat16(x, 2, y, 1, y.length - 1);
            } else {
                kernels.fromFloat16(x, 2, y, 1, y.length - 1);
            }
        }

        void round(CompressionKernels kernels, float[] x) {
            if (this == BFLOAT16) {
                kernels.roundBfloat16(x, 1, x.length - 1);
            } else {
                kernels.roundFloat16(x, 1, x.length - 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyNumberIsItself(Format format) {
        for (CompressionKernels kernels : TWINS) {
            short[] all = new short[(1 << 16) + 2];
            for (int bits = 0; bits < 1 << 16; bits++) {
                all[bits + 2] = (short) bits;
            }
            float[] numbers = new float[(1 << 16) + 1];
            format.from(kernels, all, numbers);
            short[] back = new short[all.length];
            format.to(kernels, numbers, back);
            float[] rounded = numbers.clone();
            format.round(kernels, rounded);
            float[] expected = new float[numbers.length];
            short[] expectedBack = new short[back.length];
            for (int bits = 0; bits < 1 << 16; bits++) {
                expected[bits + 1] = format.number(bits);
                expectedBack[bits + 2] = (short) format.nearest(format.number(bits));
            }
            Bits.assertSame(format + " read", numbers, expected);
            Bits.assertSame(format + " rounded", rounded, expected);
            assertThat(back).isEqualTo(expectedBack);
        }
    }

    @ParameterizedTest
    @EnumSource
    void allElseBecomesTheNearestOne(Format format) {
        Random random = Seeds.random(format.ordinal());
        for (int length : KernelRun.SIZES) {
            float[] x = samples(random, length + 1, format);
            for (CompressionKernels kernels : TWINS) {
                short[] bits = new short[x.length + 1];
                format.to(kernels, x, bits);
                float[] rounded = x.clone();
                format.round(kernels, rounded);
                assertThat(Float.floatToIntBits(rounded[0])).isEqualTo(Float.floatToIntBits(x[0]));
                for (int i = 1; i < x.length; i++) {
                    int nearest = format.nearest(x[i]);
                    String what = Seeds.replay(format + " of " + Float.toHexString(x[i]));
                    assertThat(bits[i + 1] & 0xFFFF).as(what).isEqualTo(nearest);
                    assertThat(Float.floatToIntBits(rounded[i]))
                            .as(what)
                            .isEqualTo(Float.floatToIntBits(format.number(nearest)));
                }
            }
        }
    }

    /** Numbers of all kinds, half of them at the edge between two neighbours of the format or next to it. */
    private static float[] samples(Random random, int length, Format format) {
        float[] x = Seeds.wildFloats(random, length);
        for (int i = 0; i < length; i++) {
            if (random.nextBoolean()) {
                int bits = random.nextInt(format.infinity());
                float middle = (float) ((format.numbers[bits] + format.numbers[bits + 1]) / 2);
                float near = Float.intBitsToFloat(Float.floatToRawIntBits(middle) + random.nextInt(3) - 1);
                x[i] = random.nextBoolean() ? near : -near;
            }
        }
        return x;
    }

    @ParameterizedTest
    @MethodSource("twins")
    void theGreatestAreThoseOfASort(CompressionKernels kernels) {
        Random random = Seeds.random(7);
        for (int length : KernelRun.SIZES) {
            for (int keep : new int[] {1, 2, length / 100 + 1, length / 2 + 1, length + 1}) {
                for (boolean wild : new boolean[] {false, true}) {
                    float[] x = wild ? Seeds.wildFloats(random, length + 3) : fewMagnitudes(random, length + 3);
                    float[] rest = wild ? Seeds.floats(random, length + 2) : new float[length + 2];
                    checkGreatest(kernels, keep, length, x, rest);
                }
            }
        }
    }

    private static void checkGreatest(CompressionKernels kernels, int keep, int length, float[] x, float[] rest) {
        float[] sum = new float[length];
        for (int i = 0; i < length; i++) {
            sum[i] = x[3 + i] + rest[2 + i];
        }
        List<Integer> byMagnitude =
                new ArrayList<>(IntStream.range(0, length).boxed().toList());
        byMagnitude.sort(Comparator.comparing((Integer i) -> -Math.abs(sum[i]), CompressionKernelsTest::nanFirst));
        float[] expected = new float[length];
        float[] expectedRest = sum.clone();
        for (int i : byMagnitude.subList(0, Math.min(keep, length))) {
            if (sum[i] != 0) {
                expected[i] = sum[i];
                expectedRest[i] = 0;
            }
        }
        kernels.keepGreatest(keep, x, 3, rest, 2, length, new int[CompressionKernels.COUNTS]);
        String what = Seeds.replay(keep + " of " + length);
        assertThat(Arrays.copyOfRange(x, 3, 3 + length)).as(what).isEqualTo(expected);
        assertThat(Arrays.copyOfRange(rest, 2, 2 + length)).as(what).isEqualTo(expectedRest);
        for (int i = 3; i < 3 + length; i++) {
            assertThat(Float.floatToRawIntBits(x[i])).as(what).isNotEqualTo(0x80000000);
        }
    }

    private static int nanFirst(float a, float b) {
        return Float.isNaN(a) || Float.isNaN(b) ? Boolean.compare(Float.isNaN(b), Float.isNaN(a)) : Float.compare(a, b);
    }

    private static float[] fewMagnitudes(Random random, int length) {
        float[] x = new float[length];
        for (int i = 3; i < length; i++) {
            x[i] = (random.nextBoolean() ? 1 : -1) * random.nextInt(4) / 4f;
        }
        return x;
    }
}
