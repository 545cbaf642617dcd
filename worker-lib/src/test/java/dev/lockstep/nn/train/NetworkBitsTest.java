package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.Jvm;
import dev.lockstep.nn.Kinds;
import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Bidirectional;
import dev.lockstep.nn.layer.Concat;
import dev.lockstep.nn.layer.Embedding;
import dev.lockstep.nn.layer.Gru;
import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.Lstm;
import dev.lockstep.nn.layer.Residual;
import dev.lockstep.nn.layer.SequenceLayer;
import dev.lockstep.nn.layer.SimpleRnn;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.param.GradientSlice;
import dev.lockstep.nn.param.GradientVector;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.StepExchange;
import dev.lockstep.nn.spec.SpecMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every kind of layer trains to the same bits whatever the ranks and the kernels. */
class NetworkBitsTest {

    @Test
    void everyLayerIsInSomeNetwork() {
        TreeSet<String> missing = new TreeSet<>();
        for (Class<?> kind : Kinds.of(LayerSpec.class)) {
            if (NetworkBits.CASES.stream().noneMatch(network -> holds(network.hidden(), kind))) {
                missing.add(kind.getSimpleName());
            }
        }
        assertThat(missing).as("layers in no network of the table").isEmpty();
    }

    @Test
    void trainingImagesAreAugmented() {
        NetworkBits.Case images = NetworkBits.CASES.stream()
                .filter(network -> network.input().rank() == 3)
                .findFirst()
                .orElseThrow();
        for (NetworkBits.Mode mode : NetworkBits.Mode.values()) {
            assertThat(NetworkBits.digest(images, mode, 0))
                    .isNotEqualTo(NetworkBits.digest(images, mode, Augmentation.NONE, new Compression.None(), 0));
        }
    }

    @Test
    void everyLossAndEveryOptimizerTrainsSomeNetwork() {
        TreeSet<String> missing = new TreeSet<>();
        for (Class<?> kind : Kinds.of(Loss.class)) {
            if (NetworkBits.CASES.stream()
                    .noneMatch(network -> kind.isInstance(network.problem().loss()))) {
                missing.add(kind.getSimpleName());
            }
        }
        for (Class<?> kind : Kinds.of(Optimizer.class)) {
            if (NetworkBits.CASES.stream()
                    .noneMatch(network -> kind.isInstance(network.problem().optimizer()))) {
                missing.add(kind.getSimpleName());
            }
        }
        assertThat(missing).isEmpty();
    }

    private static boolean holds(List<LayerSpec> layers, Class<?> kind) {
        return layers.stream().anyMatch(layer -> kind.isInstance(layer) || holdsInside(layer, kind));
    }

    private static boolean holdsInside(LayerSpec layer, Class<?> kind) {
        if (layer instanceof Residual residual) {
            return holds(residual.layers(), kind) || holds(residual.shortcut(), kind);
        }
        if (layer instanceof Bidirectional both) {
            return kind.isInstance(both.layer());
        }
        return layer instanceof Concat concat && concat.branches().stream().anyMatch(branch -> holds(branch, kind));
    }

    @Test
    void everyDescriptionReadsBackAsItself() {
        for (NetworkBits.Case network : NetworkBits.CASES) {
            ModelSpec model = network.problem().model(network.hidden());
            assertThat(SpecMapper.bind(SpecMapper.tree(model), ModelSpec.class, ""))
                    .isEqualTo(model);
            Optimizer optimizer = network.problem().optimizer();
            assertThat(SpecMapper.bind(SpecMapper.tree(optimizer), Optimizer.class, ""))
                    .isEqualTo(optimizer);
        }
    }

    @Test
    void recurrentLayersHaveShortForms() throws Exception {
        assertThat(layer("{\"lstm\": 128}")).isEqualTo(new Lstm(128, false));
        assertThat(layer("{\"rnn\": {\"units\": 3, \"activation\": \"relu\", \"returnSequences\": true}}"))
                .isEqualTo(new SimpleRnn(3, new Activation.Relu(), true, null, null, null, null));
        assertThat(layer("{\"bidirectional\": {\"gru\": {\"units\": 4, \"truncate\": 2}}}"))
                .isEqualTo(new Bidirectional(new Gru(4, false, 2, null, null, null), null));
        assertThat(layer("{\"bidirectional\": {\"layer\": {\"gru\": 4}, \"merge\": \"sum\"}}"))
                .isEqualTo(new Bidirectional(new Gru(4, false), Bidirectional.Merge.SUM));
        assertThat(layer("{\"embedding\": {\"vocabulary\": 65, \"units\": 16, \"maskZero\": true}}"))
                .isEqualTo(new Embedding(65, 16, true, null));
    }

    private static LayerSpec layer(String json) throws Exception {
        return SpecMapper.bind(SpecMapper.json().readTree(json), LayerSpec.class, "");
    }

    @TestFactory
    Stream<DynamicTest> ranksDoNotChangeTheBits() {
        return NetworkBits.CASES.stream().flatMap(network -> Stream.of(NetworkBits.Mode.values())
                .map(mode ->
                        DynamicTest.dynamicTest(network + " " + mode, () -> ranksDoNotChangeTheBits(network, mode))));
    }

    private static void ranksDoNotChangeTheBits(NetworkBits.Case network, NetworkBits.Mode mode) {
        // How sums travel does not matter either.
        NetworkBits.Mode known = mode == NetworkBits.Mode.ALLREDUCE ? NetworkBits.Mode.GRADIENT : mode;
        String one = NetworkBits.digest(network, known, 0);
        assertThat(NetworkBits.digest(network, mode, 0)).as("one rank").isEqualTo(one);
        assertThat(NetworkBits.digest(network, mode, 0, 2)).as("two ranks").isEqualTo(one);
        assertThat(NetworkBits.digest(network, mode, 0, 1, 3)).as("three ranks").isEqualTo(one);
        assertThat(NetworkBits.digest(network, mode, NetworkBits.oneShardEach()))
                .as("a rank a shard")
                .isEqualTo(one);
    }

    @TestFactory
    Stream<DynamicTest> ranksDoNotChangeTheBitsOfCompressedGradients() {
        return NetworkBits.CASES.stream().flatMap(network -> NetworkBits.COMPRESSIONS.stream()
                .map(compression -> DynamicTest.dynamicTest(
                        network + " " + compression,
                        () -> ranksDoNotChangeTheBitsOfCompressedGradients(network, compression))));
    }

    private static void ranksDoNotChangeTheBitsOfCompressedGradients(
            NetworkBits.Case network, Compression compression) {
        String one = NetworkBits.digest(network, NetworkBits.Mode.GRADIENT, compression, 0);
        assertThat(one)
                .as("what is not compressed")
                .isNotEqualTo(NetworkBits.digest(network, NetworkBits.Mode.GRADIENT, 0));
        for (NetworkBits.Mode mode : List.of(NetworkBits.Mode.GRADIENT, NetworkBits.Mode.ALLREDUCE)) {
            for (int[] ranks : new int[][] {{0}, {0, 2}, {0, 1, 3}, {0, 1, 2, 4}, NetworkBits.oneShardEach()}) {
                assertThat(NetworkBits.digest(network, mode, compression, ranks))
                        .as("%s, %d ranks", mode, ranks.length)
                        .isEqualTo(one);
            }
        }
    }

    @Test
    void everyCompressionIsInTheTable() {
        List<Class<?>> kinds = new ArrayList<>(Kinds.of(Compression.class));
        kinds.remove(Compression.None.class);
        assertThat(NetworkBits.COMPRESSIONS.stream().<Class<?>>map(Object::getClass))
                .hasSameElementsAs(kinds);
    }

    @TestFactory
    Stream<DynamicTest> gradientsThatAreCompleteStayAsTheyAre() {
        List<NetworkBits.Case> networks = new ArrayList<>(NetworkBits.CASES);
        networks.add(NetworkBits.GLOBAL_STATISTICS);
        List<Compression> compressions = new ArrayList<>(NetworkBits.COMPRESSIONS);
        compressions.add(new Compression.None());
        return networks.stream().flatMap(network -> compressions.stream()
                .map(compression -> DynamicTest.dynamicTest(
                        network + " " + compression,
                        () -> gradientsThatAreCompleteStayAsTheyAre(network, compression))));
    }

    /**
     * The sums are as without anybody listening, although each time the gradients that are not complete are
     * overwritten, and so are the parameters whose gradients are.
     */
    private static void gradientsThatAreCompleteStayAsTheyAre(NetworkBits.Case network, Compression compression) {
        NetworkBits.Training training = NetworkBits.Training.of(network, Augmentation.NONE, compression);
        LastShards shards = new LastShards(training.setup().plan().shards(), 1);
        Rank undisturbed = training.rank(1);
        Rank rank = training.rank(1);
        Parameters parameters = training.start().parameters();
        for (int step = 0; step < training.setup().plan().stepsPerEpoch(); step++) {
            StepPosition position = new StepPosition(step, 0, step);
            List<ShardTree.Partial<StepSum>> expected =
                    undisturbed.gradients(parameters, position, shards, (first, sums) -> {});
            Parameters updated = new Parameters(
                    parameters.theta().clone(), parameters.buffers().clone());
            List<Integer> steps = new ArrayList<>();
            List<ShardTree.Partial<StepSum>> whole = rank.gradients(updated, position, shards, (first, sums) -> {
                steps.add(first);
                assertSameFrom(first, sums, expected);
                Arrays.fill(updated.theta(), first, updated.theta().length, Float.NaN);
                sums.stream()
                        .filter(node -> node.sum() != null)
                        .forEach(node -> spoilIncomplete(node.sum().gradient()));
            });
            assertThat(steps)
                    .isEqualTo(firstParametersBackwards(training.setup().network()));
            assertSameFrom(0, whole, expected);
        }
    }

    /** Overwrites what lies before the first number that is complete. */
    private static void spoilIncomplete(GradientVector gradient) {
        if (gradient.pieces().get(0) instanceof GradientSlice slice) {
            Arrays.fill(slice.values(), 0, slice.offset(), Float.NaN);
        }
    }

    private static void assertSameFrom(
            int first, List<ShardTree.Partial<StepSum>> sums, List<ShardTree.Partial<StepSum>> expected) {
        assertThat(sums).hasSameSizeAs(expected);
        for (int i = 0; i < sums.size(); i++) {
            StepSum sum = sums.get(i).sum();
            StepSum whole = expected.get(i).sum();
            assertThat(sums.get(i).node()).isEqualTo(expected.get(i).node());
            assertThat(sum == null).isEqualTo(whole == null);
            if (sum != null) {
                GradientVector gradient = sum.gradient();
                assertThat(gradient.from()).isEqualTo(first);
                assertThat(gradient.to()).isEqualTo(whole.gradient().to());
                assertThat(WrittenOut.of(gradient))
                        .as("node %s from %d on", sums.get(i).node(), first)
                        .isEqualTo(WrittenOut.of(whole.gradient().part(first, gradient.to())));
                assertThat(sum.moments()).isEqualTo(first == 0 ? whole.moments() : new double[0]);
                assertThat(sum.losses()).isEqualTo(whole.losses());
            }
        }
    }

    /** The first parameters of all layers that have some, from the last layer to the first. */
    private static List<Integer> firstParametersBackwards(Network network) {
        List<Integer> firsts = new ArrayList<>();
        int next = 0;
        for (SequenceLayer member : network.members()) {
            for (Layer layer : member.layers()) {
                if (layer.parameters() > 0) {
                    firsts.add(0, next);
                }
                next += layer.parameters();
            }
        }
        return firsts;
    }

    /** All shards from one on; those before have no rows. */
    private record LastShards(int shards, int from) implements StepExchange {
        @Override
        public List<ShardTree.Node> nodes() {
            return ShardTree.nodes(shards, from, shards);
        }

        @Override
        public double[] combine(List<ShardTree.Partial<double[]>> own, BinaryOperator<double[]> merge) {
            List<ShardTree.Partial<double[]>> all = new ArrayList<>(own);
            ShardTree.nodes(shards, 0, from).forEach(node -> all.add(new ShardTree.Partial<>(node, null)));
            return ShardTree.combine(shards, all, merge);
        }
    }

    @Test
    void globalStatisticsDoNotDependOnTheRanks() {
        NetworkBits.Case network = NetworkBits.GLOBAL_STATISTICS;
        String one = NetworkBits.digest(network, NetworkBits.Mode.GRADIENT, 0);
        for (int[] ranks : new int[][] {{0}, {0, 2}, {0, 1, 3}, NetworkBits.oneShardEach()}) {
            assertThat(NetworkBits.digest(network, NetworkBits.Mode.ALLREDUCE, ranks))
                    .as("%d ranks", ranks.length)
                    .isEqualTo(one);
            for (Compression compression : NetworkBits.COMPRESSIONS) {
                assertThat(NetworkBits.digest(network, NetworkBits.Mode.ALLREDUCE, compression, ranks))
                        .as("%d ranks, %s", ranks.length, compression)
                        .isEqualTo(NetworkBits.digest(network, NetworkBits.Mode.GRADIENT, compression, 0));
            }
        }
        assertThatThrownBy(() -> NetworkBits.digest(network, NetworkBits.Mode.GRADIENT, 0, 2))
                .hasMessageContaining("other ranks");
        assertThatThrownBy(() -> NetworkBits.digest(network, NetworkBits.Mode.AVERAGING, 0))
                .hasMessageContaining("global statistics");
    }

    @Test
    void scalarKernelsTrainToTheSameBits() throws Exception {
        Jvm.Outcome scalar = Jvm.run(List.of("-Dlockstep.kernels=scalar"), NetworkBits.class);
        assertThat(scalar.output().lines()).contains("scalar");
        assertThat(scalar.results()).isEqualTo(NetworkBits.lines());
    }
}
