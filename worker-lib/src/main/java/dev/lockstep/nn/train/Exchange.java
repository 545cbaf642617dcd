package dev.lockstep.nn.train;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.param.Parameters;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The exchange between the ranks of one round that share a JVM: one vector of parameters for all of them, and the
 * gradients, which are handed over by reference. In a step each rank gives the owner of each slice its nodes of the
 * shard tree ({@link #giveGradients}), while it may still be computing gradients for other slices; the owner adds them
 * up ({@link #takeGradients}), updates its slice of the parameters in place and says so ({@link #giveParameters}); when
 * all slices are there, the next step begins ({@link #awaitParameters}). What ranks of other JVMs contribute arrives
 * through {@link #gradientsArrived} and its like.
 *
 * <p>Nothing is overwritten before all who read it have finished: a slice of the parameters is updated when every rank
 * has given its gradients for it, after which no rank reads these parameters in the step; gradients are computed again
 * when every owner has updated its slice. For the same reason only one step is under way at a time.
 */
public final class Exchange {
    private final Parameters parameters;
    private final ParameterUpdate update;
    private final VectorSlices slices;
    private final SortedSet<Integer> local;
    private final SortedSet<Integer> others;
    private final Peers peers;
    private final RoundFailure failure = new RoundFailure();
    private final List<Inbox> inboxes = new ArrayList<>();
    private final List<Outbox> outboxes = new ArrayList<>();
    private final Arrivals updated = new Arrivals(failure);
    private final Arrivals bounded = new Arrivals(failure);
    private final List<Inflow> inflows = new ArrayList<>();
    // Numbers go through two boards by turns: a rank may write its next ones while another still waits for earlier
    // ones.
    private final List<Board> boards = List.of(new Board(), new Board());
    private final AtomicLong bytesHandedOver = new AtomicLong();

    /** Gradient sums for one slice. */
    private final class Inbox {
        final List<List<ShardTree.Partial<StepSum>>> byRank = new ArrayList<>();
        final Arrivals arrivals = new Arrivals(failure);
        long stepsTaken;

        Inbox() {
            for (int rank = 0; rank < slices.ranks(); rank++) {
                byRank.add(null);
            }
        }

        synchronized void put(long step, int rank, int slice, List<ShardTree.Partial<StepSum>> nodes) {
            if (step != stepsTaken || byRank.get(rank) != null) {
                throw new IllegalArgumentException("slice " + slice + ": expected gradients of step " + stepsTaken
                        + ", each rank's once, got step " + step + " from rank " + rank);
            }
            byRank.set(rank, nodes);
        }

        synchronized List<ShardTree.Partial<StepSum>> take() {
            List<ShardTree.Partial<StepSum>> nodes = new ArrayList<>();
            for (int rank = 0; rank < byRank.size(); rank++) {
                if (byRank.get(rank) != null) {
                    nodes.addAll(byRank.get(rank));
                    byRank.set(rank, null);
                }
            }
            stepsTaken++;
            return nodes;
        }
    }

    /** Gradient sums of the ranks of this JVM for a slice of another one: they leave together, merged. */
    private final class Outbox {
        private final List<ShardTree.Partial<StepSum>> nodes = new ArrayList<>();
        private int ranks;

        /** Adds those of a rank; null if others are still to come, otherwise those of all. */
        synchronized @Nullable List<ShardTree.Partial<StepSum>> put(List<ShardTree.Partial<StepSum>> ofRank) {
            nodes.addAll(ofRank);
            ranks++;
            if (ranks < local.size()) {
                bytesHandedOver.addAndGet(gradientBytes(ofRank));
                return null;
            }
            List<ShardTree.Partial<StepSum>> all = List.copyOf(nodes);
            nodes.clear();
            ranks = 0;
            return all;
        }
    }

    /** How far the parameters of a slice have come in from another JVM; by one connection, so by one thread. */
    private static final class Inflow {
        long step;
        int filled;
    }

    /** Where owners of slices leave numbers for each other. */
    private final class Board {
        final Arrivals arrivals = new Arrivals(failure);
        double @Nullable [][] byRank;

        synchronized void put(int rank, double[] sums) {
            if (byRank == null) {
                byRank = new double[slices.ranks()][];
            }
            byRank[rank] = sums;
        }

        synchronized double[] all() {
            return Arrays.stream(byRank).flatMapToDouble(Arrays::stream).toArray();
        }
    }

    /**
     * The exchange of one round.
     *
     * @param parameters those that the round begins with; updated
     * @param update what owners do with the gradients
     * @param slices of the parameters, and who of the round's ranks owns them
     * @param local the ranks in this JVM
     * @param peers the way to the others
     */
    public Exchange(
            Parameters parameters, ParameterUpdate update, VectorSlices slices, SortedSet<Integer> local, Peers peers) {
        this(parameters, update, slices, local, others(slices, local), peers);
    }

    private static SortedSet<Integer> others(VectorSlices slices, SortedSet<Integer> local) {
        SortedSet<Integer> others = new TreeSet<>();
        for (int rank = 0; rank < slices.ranks(); rank++) {
            others.add(rank);
        }
        others.removeAll(local);
        return others;
    }

    /**
     * The same where ranks of other JVMs share these too.
     *
     * @param others the first rank of each other JVM, which gives gradients for all ranks there
     */
    public Exchange(
            Parameters parameters,
            ParameterUpdate update,
            VectorSlices slices,
            SortedSet<Integer> local,
            SortedSet<Integer> others,
            Peers peers) {
        this.parameters = parameters;
        this.update = update;
        this.slices = slices;
        this.local = new TreeSet<>(local);
        this.others = new TreeSet<>(others);
        this.peers = peers;
        for (int slice = 0; slice < slices.count(); slice++) {
            boolean own = local.contains(slices.owner(slice));
            inboxes.add(own ? new Inbox() : null);
            outboxes.add(own ? null : new Outbox());
            inflows.add(new Inflow());
        }
    }

    /** How many give gradients for a slice of this JVM: each rank here, and each other JVM. */
    private int givers() {
        return local.size() + others.size();
    }

    /** The parameters; each slice is to be read between {@link #awaitParameters} and {@link #giveGradients}. */
    public Parameters parameters() {
        return parameters;
    }

    /** Who owns which part of the parameters. */
    public VectorSlices slices() {
        return slices;
    }

    /** The round has failed: every present and future wait throws. Only the first cause is kept. */
    public void fail(Throwable cause) {
        failure.fail(cause);
    }

    /** Why the round has failed; null if it has not. */
    public @Nullable Throwable failure() {
        return failure.cause();
    }

    /** Bytes of gradients that ranks of this JVM have handed to each other. */
    public long bytesHandedOver() {
        return bytesHandedOver.get();
    }

    /**
     * A rank has gradient sums of a step for a slice. They must not change until {@link #awaitParameters} has returned,
     * and the rank does not read the slice's parameters until then.
     *
     * @param nodes with the gradients of the slice at least; merged with those of others, in place
     * @param shards how many shards there are
     */
    void giveGradients(long step, int rank, int slice, List<ShardTree.Partial<StepSum>> nodes, int shards) {
        List<ShardTree.Partial<StepSum>> parts = new ArrayList<>(nodes.size());
        for (ShardTree.Partial<StepSum> node : nodes) {
            parts.add(new ShardTree.Partial<>(
                    node.node(), node.sum() == null ? null : node.sum().part(slices, slice)));
        }
        int owner = slices.owner(slice);
        if (local.contains(owner)) {
            if (owner != rank) {
                // Before the owner adds others to them.
                bytesHandedOver.addAndGet(gradientBytes(parts));
            }
            put(step, rank, slice, parts);
            return;
        }
        List<ShardTree.Partial<StepSum>> all = outboxes.get(slice).put(parts);
        if (all != null) {
            peers.sendGradients(
                    step,
                    local.first(),
                    slice,
                    local.size() == 1 ? all : ShardTree.completeRanges(shards, all, StepSum::merge));
        }
    }

    private static long gradientBytes(List<ShardTree.Partial<StepSum>> nodes) {
        long bytes = 0;
        for (ShardTree.Partial<StepSum> node : nodes) {
            bytes += node.sum() == null ? 0 : node.sum().gradientBytes();
        }
        return bytes;
    }

    /** Gradient sums for a slice of a local rank have come from another JVM. */
    public void gradientsArrived(long step, int rank, int slice, List<ShardTree.Partial<StepSum>> nodes) {
        checkRemote(rank);
        if (!others.contains(rank)) {
            throw new IllegalArgumentException(
                    "expected gradients from one of the ranks " + others + ", got rank " + rank);
        }
        if (!local.contains(slices.owner(slice))) {
            throw new IllegalArgumentException(
                    "expected gradients for one of the ranks " + local + ", got rank " + slices.owner(slice));
        }
        put(step, rank, slice, nodes);
    }

    private void put(long step, int rank, int slice, List<ShardTree.Partial<StepSum>> nodes) {
        inboxes.get(slice).put(step, rank, slice, nodes);
        inboxes.get(slice).arrivals.arrive();
    }

    /** Whether {@link #takeGradients} would not wait. */
    boolean hasGradients(long step, int slice) {
        return inboxes.get(slice).arrivals.have((step + 1) * givers());
    }

    /** Waits for the gradient sums of all shards for a local rank's slice. */
    List<ShardTree.Partial<StepSum>> takeGradients(long step, int slice, Cancellation cancellation) {
        Inbox inbox = inboxes.get(slice);
        inbox.arrivals.await((step + 1) * givers(), cancellation);
        return inbox.take();
    }

    /**
     * Gives a rank's numbers to all others and waits for theirs.
     *
     * @param number how often the rank has done so before
     */
    double[] gather(long number, int rank, double[] own, Cancellation cancellation) {
        Board board = boards.get((int) (number % 2));
        board.put(rank, own);
        board.arrivals.arrive();
        peers.sendSums(number, rank, own);
        board.arrivals.await((number / 2 + 1) * slices.ranks(), cancellation);
        return board.all();
    }

    /** Numbers have come from another JVM. */
    public void sumsArrived(long number, int rank, double[] sums) {
        checkRemote(rank);
        Board board = boards.get((int) (number % 2));
        board.put(rank, sums);
        board.arrivals.arrive();
    }

    /** A local rank's slice of the parameters has been updated. */
    void giveParameters(long step, int slice) {
        peers.sendParameters(step, slice, parameters);
        updated.arrive();
    }

    /**
     * A part of a slice of the parameters has come from another JVM. Parts come in order.
     *
     * @param at where in the slice it begins
     * @param values the parameters
     * @param buffers all of them with the last part of the first slice, otherwise none
     */
    public void parametersArrived(long step, int slice, int at, FloatBuffer values, FloatBuffer buffers) {
        checkRemote(slices.owner(slice));
        Inflow inflow = inflows.get(slice);
        int count = values.remaining();
        boolean last = at + count == slices.length(slice);
        int buffersExpected = slice == 0 && last ? parameters.buffers().length : 0;
        if (step != inflow.step
                || at != inflow.filled
                || at + count > slices.length(slice)
                || buffers.remaining() != buffersExpected) {
            throw new IllegalArgumentException("slice " + slice + ": expected parameters of step " + inflow.step
                    + " from " + inflow.filled + " of " + slices.length(slice) + " on, got step " + step + ", " + at
                    + " to " + (at + count) + " and " + buffers.remaining() + " buffers");
        }
        values.get(parameters.theta(), slices.from(slice) + at, count);
        buffers.get(parameters.buffers(), 0, buffersExpected);
        inflow.filled += count;
        if (last) {
            inflow.filled = 0;
            inflow.step++;
            updated.arrive();
        }
    }

    /**
     * Waits until all slices of the parameters have been updated.
     *
     * @param changed whether the step changes parameters at all
     */
    void awaitParameters(long step, int rank, boolean changed, Cancellation cancellation) {
        updated.await((step + 1) * slices.count(), cancellation);
        if (!update.boundsWeights()) {
            return;
        }
        if (rank == local.first()) {
            if (changed) {
                update.boundWeights(parameters.theta());
            }
            bounded.arrive();
        } else {
            bounded.await(step + 1, cancellation);
        }
    }

    private void checkRemote(int rank) {
        if (rank < 0 || rank >= slices.ranks() || local.contains(rank)) {
            throw new IllegalArgumentException(
                    "expected a rank below " + slices.ranks() + " that is none of " + local + ", got " + rank);
        }
    }
}
