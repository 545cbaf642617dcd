package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.kernel.Reductions;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.VariationalDense;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.KlWeight;
import dev.lockstep.nn.optim.Lamb;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.GradientSlice;
import dev.lockstep.nn.param.GradientVector;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Prior;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors of several blocks, cut into slices: the bits of the update in one piece. */
class SliceUpdateTest {
    private static final LossSum LOSSES = new LossSum(1, 7, 5, 6, 1, 7);
    private static final LayerSpec DENSE = new Dense(120);
    private static final LayerSpec VARIATIONAL =
            new VariationalDense(97, null, Estimator.FLIPOUT, new Prior.ScaleMixture(null, null, null), 0.1, null);
    private static final GradientClipping BY_NORM = new GradientClipping(0.5, null);
    private static final GradientClipping BY_VALUE = new GradientClipping(null, 0.05);
    private static final Optimizer ADAM = new Adam(0.01, null, null, null);
    private static final Optimizer LAMB = new Lamb(0.01, null, null, null, null);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 8, 20})
    void slicesHaveTheBitsOfTheWhole(int ranks) {
        for (LayerSpec hidden : List.of(DENSE, VARIATIONAL)) {
            for (Optimizer optimizer : List.of(ADAM, LAMB)) {
                for (GradientClipping clipping : List.of(GradientClipping.NONE, BY_NORM, BY_VALUE)) {
                    ParameterUpdate update = update(hidden, optimizer, clipping);
                    float[][] whole = state(update);
                    float[][] sliced = state(update);
                    for (int step = 0; step < 2; step++) {
                        float[] gradient = gaussian(step, whole[0].length);
                        update.apply(
                                step, List.of(), whole[0], GradientVector.whole(gradient.clone()), LOSSES, whole[1]);
                        applySliced(update, ranks, step, sliced, gradient);
                    }
                    String name = hidden + " " + optimizer + " " + clipping;
                    assertThat(sliced[0]).as(name).isEqualTo(whole[0]);
                    assertThat(sliced[1]).as("state of %s", name).isEqualTo(whole[1]);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8})
    void frozenLayersStayAndCountInNoNorm(int ranks) {
        for (Optimizer optimizer : List.of(ADAM, LAMB)) {
            ParameterUpdate update = update(DENSE, optimizer, BY_NORM, Set.of("dense_1"));
            ParameterUpdate free = update(DENSE, optimizer, BY_NORM);
            int frozen = network(DENSE).parameters().get(2).offset();
            float[][] whole = state(update);
            float[][] sliced = state(update);
            float[][] masked = state(free);
            float[] gradient = gaussian(1, whole[0].length);
            update.apply(0, List.of(), whole[0], GradientVector.whole(gradient.clone()), LOSSES, whole[1]);
            applySliced(update, ranks, 0, sliced, gradient);
            Arrays.fill(gradient, 0, frozen, 0f);
            free.apply(0, List.of(), masked[0], GradientVector.whole(gradient), LOSSES, masked[1]);
            assertThat(sliced[0]).isEqualTo(whole[0]);
            assertThat(sliced[1]).isEqualTo(whole[1]);
            assertThat(Arrays.copyOf(whole[0], frozen)).isEqualTo(Arrays.copyOf(state(update)[0], frozen));
            // The others are stepped as if the gradient of the frozen ones were 0.
            int count = whole[0].length;
            assertThat(Arrays.copyOfRange(whole[0], frozen, count))
                    .isEqualTo(Arrays.copyOfRange(masked[0], frozen, count));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 8, 20})
    void cutsLieWhereBlocksBegin(int ranks) {
        Network network = network(DENSE);
        TreeSet<Integer> begins = new TreeSet<>(List.of(network.parameterCount()));
        for (ParameterRange range : network.parameters()) {
            for (int at = range.offset(); at < range.end(); at += Reductions.BLOCK) {
                begins.add(at);
            }
        }
        VectorSlices slices = update(DENSE, ADAM, GradientClipping.NONE).slices(ranks);
        int next = 0;
        for (int slice = 0; slice < ranks; slice++) {
            assertThat(slices.from(slice)).isEqualTo(next);
            assertThat(begins).contains(slices.from(slice));
            assertThat(slices.length(slice)).isBetween(0, network.parameterCount() / ranks + Reductions.BLOCK);
            next = slices.to(slice);
        }
        assertThat(next).isEqualTo(network.parameterCount());
    }

    /** Every owner in a thread of its own, all beginning from gradients in compact arrays of their own. */
    private static void applySliced(ParameterUpdate update, int ranks, int step, float[][] state, float[] gradient) {
        VectorSlices slices = update.slices(ranks);
        Exchange exchange = new Exchange(
                new Parameters(state[0], new float[0]),
                update,
                slices,
                new TreeSet<>(IntStream.range(0, ranks).boxed().toList()),
                new Peers.None());
        List<CompletableFuture<float[]>> owners = IntStream.range(0, ranks)
                .mapToObj(rank -> own(update, exchange, rank, step, state, gradient))
                .toList();
        for (int rank = 0; rank < ranks; rank++) {
            slices.putOwned(rank, owners.get(rank).join(), state[1]);
        }
        update.boundWeights(state[0]);
    }

    private static CompletableFuture<float[]> own(
            ParameterUpdate update, Exchange exchange, int rank, int step, float[][] state, float[] gradient) {
        int from = exchange.slices().from(rank);
        int to = exchange.slices().to(rank);
        float[] owned = exchange.slices().owned(rank, state[1]);
        long[] gathered = {0};
        SliceUpdate slice =
                new SliceUpdate(update, from, to, own -> exchange.gather(gathered[0]++, rank, own, () -> {}));
        GradientVector part =
                new GradientVector(List.of(new GradientSlice(Arrays.copyOfRange(gradient, from, to), 0, from, to)));
        CompletableFuture<float[]> done = new CompletableFuture<>();
        Thread owner = new Thread(() -> {
            try {
                slice.apply(step, update.rates(step, List.of()), state[0], part, LOSSES, owned, 0);
                done.complete(owned);
            } catch (RuntimeException | Error e) {
                exchange.fail(e);
                done.completeExceptionally(e);
            }
        });
        owner.start();
        return done;
    }

    private static Network network(LayerSpec hidden) {
        ModelSpec spec = new ModelSpec(List.of(hidden, new Dense(3)), new MeanSquaredError(), 1e-4, 1e-3, 4.0, null);
        return Network.bind(spec, Shape.of(113));
    }

    private static ParameterUpdate update(LayerSpec hidden, Optimizer optimizer, GradientClipping clipping) {
        return update(hidden, optimizer, clipping, Set.of());
    }

    private static ParameterUpdate update(
            LayerSpec hidden, Optimizer optimizer, GradientClipping clipping, Set<String> frozen) {
        TrainingPlan plan = new TrainingPlan(1, 1, 50, 1, 1);
        return new ParameterUpdate(
                network(hidden), optimizer, new Schedule.Constant(), plan, clipping, KlWeight.ONE, frozen);
    }

    /** Parameters and the optimiser's slots. */
    private static float[][] state(ParameterUpdate update) {
        int count = update.slices(1).to(0);
        return new float[][] {gaussian(77, count), new float[update.optimizer().slots() * count]};
    }

    private static float[] gaussian(int seed, int length) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
