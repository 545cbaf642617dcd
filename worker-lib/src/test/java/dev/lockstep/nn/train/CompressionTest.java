package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.spec.SpecException;
import dev.lockstep.nn.spec.SpecMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole compressed reduction against its formula, written down a second time without kernels, slices or vectors of
 * zeros.
 */
class CompressionTest {
    private static final int SHARDS = 5;
    private static final StepPosition STEP = new StepPosition(7, 1, 2);

    /** A weight and a bias, of unlike scales, and one number. */
    private static final List<ParameterTensor> TENSORS = List.of(
            new ParameterTensor("a.weight", 0, 33, 3, true),
            new ParameterTensor("a.bias", 33, 7, 7, false),
            new ParameterTensor("b.bias", 40, 1, 1, false));

    private static final int SECOND_TENSOR = 33;
    private static final int PARAMETERS = 41;

    /** Where ranks begin. */
    private static final int[][] LAYOUTS = {{0}, {0, 2}, {0, 1, 3}, {0, 1, 2, 3, 4}};

    /** Ranks that compress and add up, as a step of training does. */
    private static final class Ranks {
        private final Compression compression;
        private final int[] starts;
        private final List<float[]> residuals;
        private final List<ShardGradients> ranks = new ArrayList<>();

        Ranks(Compression compression, int... starts) {
            this.compression = compression;
            this.starts = starts;
            residuals = TrainState.initial(new Parameters(new float[PARAMETERS], new float[0]), 0, false, SHARDS)
                    .residuals();
            for (int rank = 0; rank < starts.length; rank++) {
                ranks.add(new ShardGradients(compression, TENSORS, starts[rank], to(rank) - starts[rank], 0));
                ranks.get(rank).resume(residuals);
            }
        }

        private int to(int rank) {
            return rank + 1 < starts.length ? starts[rank + 1] : SHARDS;
        }

        /** The root of the tree; null entries are shards without rows. */
        StepSum total(List<float[]> gradients) {
            List<ShardTree.Partial<StepSum>> partials = new ArrayList<>();
            for (int rank = 0; rank < starts.length; rank++) {
                List<Gradient.Node> leaves = ranks.get(rank).leaves().nodes();
                for (int shard = starts[rank]; shard < to(rank); shard++) {
                    if (gradients.get(shard) != null) {
                        System.arraycopy(
                                gradients.get(shard),
                                0,
                                leaves.get(shard - starts[rank]).values(),
                                0,
                                PARAMETERS);
                    }
                }
                for (ShardTree.Node node : ShardTree.nodes(SHARDS, starts[rank], to(rank))) {
                    IntFunction<LossSum> losses =
                            shard -> gradients.get(shard) == null ? null : new LossSum(1, 1, 1, 1, 0, 1);
                    // As the backward pass comes to the tensors, the last one first.
                    ShardGradients sums = ranks.get(rank);
                    sums.sum(node, SECOND_TENSOR, PARAMETERS, STEP, losses);
                    partials.add(new ShardTree.Partial<>(node, sums.sum(node, 0, SECOND_TENSOR, STEP, losses)));
                }
            }
            StepSum total = ShardTree.combine(SHARDS, partials, StepSum::merge);
            total.checkRange(STEP);
            assertThat(total.format()).isEqualTo(compression.format());
            return total;
        }
    }

    /** The formula; a node is a map that holds only what is there. */
    private static final class Naive {
        private final Compression compression;
        private final List<double[]> kept = new ArrayList<>();

        Naive(Compression compression) {
            this.compression = compression;
            for (int shard = 0; shard < SHARDS; shard++) {
                kept.add(new double[PARAMETERS]);
            }
        }

        TreeMap<Integer, Float> node(int from, int to, List<float[]> gradients) {
            if (to - from == 1) {
                return gradients.get(from) == null ? null : leaf(gradients.get(from), kept.get(from));
            }
            int middle = from + Integer.highestOneBit(to - from - 1);
            TreeMap<Integer, Float> left = node(from, middle, gradients);
            TreeMap<Integer, Float> right = node(middle, to, gradients);
            if (left == null || right == null) {
                return left == null ? right : left;
            }
            TreeMap<Integer, Float> sum = new TreeMap<>(left);
            right.forEach(
                    (index, value) -> sum.merge(index, value, (a, b) -> nearest(compression, (double) a + (double) b)));
            return sum;
        }

        private TreeMap<Integer, Float> leaf(float[] gradient, double[] rest) {
            TreeMap<Integer, Float> leaf = new TreeMap<>();
            for (ParameterTensor tensor : TENSORS) {
                List<Integer> indices =
                        new ArrayList<>(IntStream.range(tensor.offset(), tensor.offset() + tensor.length())
                                .boxed()
                                .toList());
                int keep = indices.size();
                if (compression instanceof Compression.TopK topK) {
                    indices.forEach(i -> rest[i] = (float) (gradient[i] + rest[i]));
                    indices.sort(Comparator.comparingDouble(i -> -Math.abs(rest[i])));
                    keep = Math.max(1, (int) Math.round(topK.fraction() * keep));
                }
                for (int i : indices.subList(0, keep)) {
                    if (!(compression instanceof Compression.TopK)) {
                        leaf.put(i, nearest(compression, gradient[i]));
                    } else if (rest[i] != 0) {
                        leaf.put(i, (float) rest[i]);
                        rest[i] = 0;
                    }
                }
            }
            return leaf;
        }
    }

    /** The nearest number with so many bits, ties to even, not finer than the format's subnormal numbers. */
    private static float nearest(Compression compression, double exact) {
        if (compression instanceof Compression.TopK) {
            return (float) exact;
        }
        boolean brain = compression instanceof Compression.Bfloat16;
        int precision = brain ? 8 : 11;
        int finest = brain ? -133 : -24;
        double unit = Math.scalb(1.0, Math.max(Math.getExponent(exact) - precision + 1, finest));
        return (float) (Math.rint(exact / unit) * unit);
    }

    static List<Compression> compressions() {
        List<Compression> all = new ArrayList<>(NetworkBits.COMPRESSIONS);
        all.addAll(List.of(new Compression.TopK(0.5), new Compression.TopK(1.0), new Compression.TopK(1e-9)));
        return all;
    }

    @ParameterizedTest
    @MethodSource("compressions")
    void itIsTheFormulaForAllRanks(Compression compression) {
        for (int[] layout : LAYOUTS) {
            Random random = new Random(3);
            Ranks ranks = new Ranks(compression, layout);
            Naive naive = new Naive(compression);
            for (int step = 0; step < 6; step++) {
                List<float[]> gradients = gradients(random, step);
                TreeMap<Integer, Float> expected = naive.node(0, SHARDS, gradients);
                float[] total = ranks.total(gradients).gradient().slice().values();
                for (int i = 0; i < PARAMETERS; i++) {
                    assertThat(Float.floatToRawIntBits(total[i]))
                            .as("%s, step %d, parameter %d", Arrays.toString(layout), step, i)
                            .isEqualTo(Float.floatToRawIntBits(expected.getOrDefault(i, 0f)));
                }
                for (int shard = 0; shard < SHARDS; shard++) {
                    double[] kept = naive.kept.get(shard);
                    for (int i = 0; i < PARAMETERS; i++) {
                        assertThat((double) ranks.residuals.get(shard)[i]).isEqualTo(kept[i]);
                    }
                }
            }
        }
    }

    /**
     * Of all magnitudes that float16 has, with exact zeros, equal and opposite numbers, and in each step but the first
     * a shard without rows.
     */
    private static List<float[]> gradients(Random random, int step) {
        List<float[]> gradients = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            float[] gradient = new float[PARAMETERS];
            for (int i = 0; i < PARAMETERS; i++) {
                gradient[i] = switch (random.nextInt(4)) {
                    case 0 -> 0f;
                    case 1 -> random.nextInt(5) - 2;
                    default -> (float) Math.scalb(random.nextGaussian(), random.nextInt(20) - 14);
                };
            }
            gradients.add(step > 0 && shard == step % SHARDS ? null : gradient);
        }
        return gradients;
    }

    /** Numbers that float adds exactly: what has been sent and what is kept back are together all gradients. */
    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 0.6, 1})
    void nothingIsLost(double fraction) {
        Random random = new Random(8);
        Ranks ranks = new Ranks(new Compression.TopK(fraction), 0, 2);
        float[] balance = new float[PARAMETERS];
        int sent = 0;
        for (int step = 0; step < 50; step++) {
            List<float[]> gradients = new ArrayList<>();
            for (int shard = 0; shard < SHARDS; shard++) {
                float[] gradient = new float[PARAMETERS];
                for (int i = 0; i < PARAMETERS; i++) {
                    gradient[i] = random.nextInt(201) - 100;
                    balance[i] += gradient[i];
                }
                gradients.add(gradient);
            }
            float[] total = ranks.total(gradients).gradient().slice().values();
            for (int i = 0; i < PARAMETERS; i++) {
                balance[i] -= total[i];
                sent += total[i] != 0 ? 1 : 0;
            }
        }
        assertThat(sent).isPositive();
        for (float[] residual : ranks.residuals) {
            for (int i = 0; i < PARAMETERS; i++) {
                balance[i] -= residual[i];
            }
        }
        assertThat(balance).containsOnly(0f);
    }

    /** In every layout, whether a shard is out of range, the sum of two, or only that of all. */
    @ParameterizedTest
    @CsvSource({"70_000, ', shard 3'", "-65_520, ', shard 3'", "40_000, ''", "14_000, ''"})
    void whatFloat16CannotHoldIsAnError(float value, String where) {
        for (int[] layout : LAYOUTS) {
            List<float[]> gradients = new ArrayList<>();
            for (int shard = 0; shard < SHARDS; shard++) {
                float[] gradient = new float[PARAMETERS];
                gradient[39] = Math.abs(value) < 65_000 || shard == 3 ? value : 0;
                gradients.add(gradient);
            }
            assertThatThrownBy(() -> new Ranks(new Compression.Float16(), layout).total(gradients))
                    .as(Arrays.toString(layout))
                    .isInstanceOf(TrainingException.class)
                    .hasMessage("the gradient sum of parameter 39 is beyond 65,504, the range of float16, in epoch 2,"
                            + " step 8" + where
                            + "; compression bfloat16 has the range of float, a smaller batch size gives smaller sums");
            StepSum wide = new Ranks(new Compression.Bfloat16(), layout).total(gradients);
            assertThat(wide.gradient().slice().values()[39]).isFinite();
        }
    }

    @Test
    void theGreatestNumberOfFloat16IsNoError() {
        List<float[]> gradients = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            float[] gradient = new float[PARAMETERS];
            gradient[2] = shard == 1 ? 65_519.99f : 0;
            gradients.add(gradient);
        }
        StepSum sum = new Ranks(new Compression.Float16(), 0).total(gradients);
        assertThat(sum.gradient().slice().values()[2]).isEqualTo(65_504f);
    }

    @Test
    void sumsOfDifferentFormatsAreRefused() {
        List<float[]> gradients = gradients(new Random(1), 0);
        StepSum narrow = new Ranks(new Compression.Float16(), 0).total(gradients);
        StepSum wide = new Ranks(new Compression.Bfloat16(), 0).total(gradients);
        assertThatThrownBy(() -> wide.merge(narrow)).hasMessage("expected gradients in BFLOAT16, got FLOAT16");
    }

    @Test
    void descriptions() throws Exception {
        assertThat(read("\"none\"")).isEqualTo(new Compression.None());
        assertThat(read("\"topK\"")).isEqualTo(new Compression.TopK(0.01));
        assertThat(read("{\"topK\": 0.25}")).isEqualTo(new Compression.TopK(0.25));
        for (Compression compression : compressions()) {
            assertThat(SpecMapper.bind(SpecMapper.tree(compression), Compression.class, ""))
                    .isEqualTo(compression);
        }
        for (String wrong : List.of("0", "-0.5", "1.0000001", "NaN")) {
            assertThatThrownBy(() -> new Compression.TopK(Double.valueOf(wrong)))
                    .hasMessageStartingWith("fraction: expected a number above 0, at most 1, got ");
        }
        assertThatThrownBy(() -> read("{\"topK\": {\"fraction\": 2}}"))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("topK.fraction: expected a number above 0, at most 1, got 2");
    }

    private static Compression read(String json) throws Exception {
        return SpecMapper.bind(SpecMapper.json().readTree(json), Compression.class, "");
    }
}
