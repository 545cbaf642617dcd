package dev.lockstep.spark.sync.allreduce;

import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Lamb;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.train.AllReduceRound;
import dev.lockstep.nn.train.Cancellation;
import dev.lockstep.nn.train.Compression;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.Exchange;
import dev.lockstep.nn.train.LocalWorkers;
import dev.lockstep.nn.train.ParameterUpdate;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.RoundOutcome;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.nn.train.TrainingSetup;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;

/**
 * Ranks that are threads of this JVM but talk to each other over the network, as if each had a process of its own.
 * Their slices have several chunks; batch norm, clipping, LAMB and max-norm use everything that is exchanged. Without
 * clipping and LAMB the vector has two buckets for two or three ranks.
 */
final class NetworkedRanks {
    static final int STEPS = 3;

    private static final int SHARDS = 8;
    private static final int ROWS = 61;
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(300), Shape.of(1), false, false);

    private final TrainingPlan plan;
    private final Network network = Network.bind(
            new ModelSpec(
                    List.of(new Dense(500, new Activation.Relu()), new BatchNorm(), new Dense(100)),
                    new CrossEntropy(),
                    null,
                    null,
                    1.0,
                    null),
            LAYOUT.features());
    private final ParameterUpdate update;
    private final TrainingSetup setup;
    private final List<MemoryShard> shards;
    private final AtomicLong bytesSent = new AtomicLong();
    private final AtomicLong bytesOut = new AtomicLong();

    /** Who does what in each round beside training; the argument is the rank, just before its first step. */
    private final IntConsumer before;

    /** The same before the rank comes to meet the others. */
    private final IntConsumer beforeMeeting;

    private NetworkedRanks(
            Compression compression,
            Optimizer optimizer,
            GradientClipping clipping,
            IntConsumer before,
            IntConsumer beforeMeeting) {
        this(compression, optimizer, clipping, before, beforeMeeting, rows(0), false);
    }

    private NetworkedRanks(
            Compression compression,
            Optimizer optimizer,
            GradientClipping clipping,
            IntConsumer before,
            IntConsumer beforeMeeting,
            float[] rows,
            boolean lazy) {
        this.before = before;
        this.beforeMeeting = beforeMeeting;
        plan = new TrainingPlan(7, SHARDS, ROWS, ROWS, 16, 1, Augmentation.NONE, compression);
        update = new ParameterUpdate(network, optimizer, new Schedule.Constant(), plan, clipping).lazily(lazy);
        setup = new TrainingSetup(
                new EvaluationSetup(network.spec(), LAYOUT, Scaling.NONE, plan.seed(), 0), plan, update);
        shards = CanonicalOrder.shards(LAYOUT, RowArray.of(LAYOUT, rows, ROWS), SHARDS, plan.seed());
    }

    private NetworkedRanks(Compression compression, IntConsumer before, IntConsumer beforeMeeting) {
        this(
                compression,
                new Lamb(0.05, null, null, null, null),
                new GradientClipping(0.5, null),
                before,
                beforeMeeting);
    }

    NetworkedRanks(IntConsumer before, IntConsumer beforeMeeting) {
        this(new Compression.None(), before, beforeMeeting);
    }

    NetworkedRanks(IntConsumer before) {
        this(before, rank -> {});
    }

    NetworkedRanks(Compression compression) {
        this(compression, rank -> {}, rank -> {});
    }

    NetworkedRanks() {
        this(new Compression.None());
    }

    /** The same with Adam and without clipping. */
    static NetworkedRanks inBuckets() {
        return new NetworkedRanks(
                new Compression.None(),
                new Adam(null, null, null, null),
                GradientClipping.NONE,
                rank -> {},
                rank -> {});
    }

    /** The same with rows of few features that are not 0, and with clipping. */
    static NetworkedRanks withSparseRows(boolean lazy) {
        return new NetworkedRanks(
                new Compression.None(),
                new Adam(null, null, null, null),
                new GradientClipping(0.5, null),
                rank -> {},
                rank -> {},
                rows(290),
                lazy);
    }

    int parameters() {
        return network.parameterCount();
    }

    /** Bytes that all ranks have sent to each other so far. */
    long bytesSent() {
        return bytesSent.get();
    }

    /** Bytes that have left a process so far. */
    long bytesOut() {
        return bytesOut.get();
    }

    ParameterUpdate update() {
        return update;
    }

    Parameters initial() {
        return network.initialize(plan.seed());
    }

    /** SHA-256 of what one process without a network trains. */
    String trainAlone() {
        return ModelFiles.sha256(stateAlone().parameters());
    }

    /** SHA-256 of what each rank has after one round over the network. */
    List<String> train(Rendezvous rendezvous) throws InterruptedException, ExecutionException {
        return train(rendezvous, rendezvous.address().ranks());
    }

    /** The same with as many processes, each with as many neighbours among the ranks. */
    List<String> train(Rendezvous rendezvous, int processes) throws InterruptedException, ExecutionException {
        int ranks = rendezvous.address().ranks();
        return train(rendezvous, processes, rank -> rank * processes / ranks);
    }

    /** The same with any process for each rank. */
    List<String> train(Rendezvous rendezvous, int processes, IntUnaryOperator process)
            throws InterruptedException, ExecutionException {
        int ranks = rendezvous.address().ranks();
        List<Site> sites = Stream.generate(() -> Site.alone(rendezvous.address()))
                .limit(processes)
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(ranks);
        try {
            List<Future<String>> models = new ArrayList<>();
            for (int i = 0; i < ranks; i++) {
                int rank = i;
                Site site = sites.get(process.applyAsInt(rank));
                models.add(threads.submit(() -> train(site, rendezvous.address(), rank)));
            }
            List<String> digests = new ArrayList<>();
            for (Future<String> model : models) {
                digests.add(model.get());
            }
            return digests;
        } finally {
            threads.shutdown();
        }
    }

    /** The state after one round over the network, whose ranks fetch and return their parts of it. */
    TrainState trainByParts(long run, int ranks) throws InterruptedException, ExecutionException {
        RoundState state = new RoundState(start());
        ExecutorService threads = Executors.newFixedThreadPool(ranks);
        try (Rendezvous rendezvous = new Rendezvous(run, 0, ranks, state)) {
            List<Future<LossSum>> losses = new ArrayList<>();
            for (int i = 0; i < ranks; i++) {
                int rank = i;
                losses.add(threads.submit(() -> trainByParts(rendezvous.address(), rank)));
            }
            for (Future<LossSum> rank : losses) {
                rank.get();
            }
            return state.next(STEPS, losses.get(0).get());
        } finally {
            threads.shutdown();
        }
    }

    private LossSum trainByParts(RoundAddress address, int number) {
        Rank rank = rank(address, number);
        try (Site.Seat seat = Site.alone(address).seat(number, Cancellation.NEVER)) {
            RankState own = RankState.fetch(seat, number, rank, update.slices(address.ranks()), parameters());
            Exchange exchange = seat.join(update, this::initial);
            TrainState nothing = TrainState.initial(new Parameters(new float[0], new float[0]), 0, false);
            TrainState position = new TrainState(
                    0,
                    0,
                    0,
                    nothing.parameters(),
                    nothing.optimizerState(),
                    nothing.outerMomentum(),
                    own.residuals(),
                    LossSum.ZERO,
                    List.of());
            RoundOutcome outcome =
                    new AllReduceRound(rank, number, exchange, Cancellation.NEVER).run(position, own.slots(), STEPS);
            own.give(seat, number, rank, exchange);
            seat.done();
            return outcome.losses();
        }
    }

    /** The state after as many steps in one process. */
    TrainState stateAlone() {
        LocalWorkers workers = new LocalWorkers(setup, shards, List.of());
        Synchronizer synchronizer = new Synchronizer.Gradient(setup, workers);
        TrainState state = start();
        for (int step = 0; step < STEPS; step++) {
            state = synchronizer.round(state);
        }
        return state;
    }

    private Rank rank(RoundAddress address, int number) {
        int from = SHARDS * number / address.ranks();
        int to = SHARDS * (number + 1) / address.ranks();
        return new Rank(setup, shards.subList(from, to));
    }

    private String train(Site site, RoundAddress address, int number) {
        Rank rank = rank(address, number);
        beforeMeeting.accept(number);
        try (Site.Seat seat = site.seat(number, Cancellation.NEVER)) {
            try {
                Exchange exchange = seat.join(update, this::initial);
                AllReduceRound round = new AllReduceRound(rank, number, exchange, Cancellation.NEVER);
                seat.watch(round::progress);
                before.accept(number);
                round.run(start(), STEPS);
                seat.done();
                bytesSent.addAndGet(seat.bytesSent());
                bytesOut.addAndGet(seat.bytesOut());
                return ModelFiles.sha256(exchange.parameters());
            } catch (RuntimeException e) {
                seat.report(e);
                throw e;
            }
        }
    }

    private TrainState start() {
        return setup.initialState(false);
    }

    /** Rows of which so many features, others in each, are 0. */
    private static float[] rows(int zeros) {
        Random random = new Random(5);
        float[] values = new float[ROWS * LAYOUT.width()];
        for (int i = 0; i < values.length; i++) {
            int feature = i % LAYOUT.width();
            boolean target = feature == LAYOUT.targetOffset();
            values[i] = target ? random.nextInt(3) : (float) random.nextGaussian();
            if (!target && (feature + 7 * i) % 300 < zeros) {
                values[i] = 0;
            }
        }
        return values;
    }
}
