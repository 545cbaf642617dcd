package dev.lockstep.nn.train;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** All-reduce among ranks that are threads of this JVM, a round at most two steps long. */
record ThreadedAllReduce(TrainingSetup setup, List<Rank> ranks) implements Synchronizer {
    @Override
    public TrainState round(TrainState state) {
        int steps = (int) Math.min(2, setup.plan().stepsPerEpoch() - state.stepInEpoch());
        VectorSlices slices = setup.update().slices(ranks.size());
        SortedSet<Integer> all =
                new TreeSet<>(IntStream.range(0, ranks.size()).boxed().toList());
        Parameters parameters = state.parameters();
        Exchange exchange = new Exchange(parameters, setup.update(), slices, all, new Peers.None());
        List<float[]> owned = new ArrayList<>();
        List<Future<LossSum>> losses = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(ranks.size());
        try {
            for (int i = 0; i < ranks.size(); i++) {
                int number = i;
                owned.add(slices.owned(number, state.optimizerState()));
                AllReduceRound rank = new AllReduceRound(ranks.get(i), number, exchange, Cancellation.NEVER);
                losses.add(threads.submit(
                        () -> rank.run(state, steps, owned.get(number)).losses()));
            }
            LossSum sum = null;
            for (Future<LossSum> loss : losses) {
                sum = loss.get();
            }
            for (int i = 0; i < ranks.size(); i++) {
                slices.putOwned(i, owned.get(i), state.optimizerState());
            }
            return new TrainState(
                    state.step() + steps,
                    state.epoch(),
                    state.stepInEpoch() + steps,
                    parameters,
                    state.optimizerState(),
                    state.outerMomentum(),
                    state.residuals(),
                    sum,
                    state.history());
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(exchange.failure() == null ? e : exchange.failure());
        } finally {
            threads.shutdownNow();
        }
    }
}
