package dev.lockstep.nn.train;

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
        List<Future<RoundOutcome>> rounds = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(ranks.size());
        try {
            for (int i = 0; i < ranks.size(); i++) {
                AllReduceRound round = new AllReduceRound(ranks.get(i), i, exchange, Cancellation.NEVER);
                rounds.add(threads.submit(() -> round.run(state, steps)));
            }
            List<RoundOutcome> outcomes = new ArrayList<>();
            for (Future<RoundOutcome> round : rounds) {
                outcomes.add(round.get());
            }
            return RoundOutcome.state(state, steps, slices, exchange.parameters(), outcomes);
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(exchange.failure() == null ? e : exchange.failure());
        } finally {
            threads.shutdownNow();
        }
    }
}
