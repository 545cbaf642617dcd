package dev.lockstep.nn.train;

import dev.lockstep.nn.data.ShardRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive ranks that share a process and work side by side, each in a thread of its own. The group owns the ranks
 * and with them their mutable arrays: it builds them, starts and awaits the threads that use them, and lets only one
 * call at a time do so.
 *
 * @param <R> what a rank has besides its number: {@link Rank} to train, {@link Evaluation} to measure
 */
public final class RankGroup<R> {
    private final int firstRank;
    private final int fromShard;
    private final int toShard;
    private final List<Member<R>> members = new ArrayList<>();

    /** A rank, built when it is first needed, in a thread of its own. */
    private static final class Member<R> {
        private final List<? extends ShardRows> shards;
        private final Function<List<? extends ShardRows>, R> build;
        private @Nullable R rank;

        Member(List<? extends ShardRows> shards, Function<List<? extends ShardRows>, R> build) {
            this.shards = List.copyOf(shards);
            this.build = build;
        }

        /** Whether there is nothing left to build. */
        boolean built() {
            return rank != null;
        }

        R rank() {
            R built = rank;
            if (built == null) {
                built = build.apply(shards);
                rank = built;
            }
            return built;
        }
    }

    /**
     * What each rank does.
     *
     * @param <R> see {@link RankGroup}
     * @param <T> what comes of it
     */
    @FunctionalInterface
    public interface Work<R, T> {
        /**
         * Does it for one rank.
         *
         * @param number of the rank
         */
        T run(int number, R rank);
    }

    /**
     * Some ranks.
     *
     * @param firstRank number of the first one
     * @param shards those of each rank; consecutive, at least one each
     * @param build makes a rank of its shards
     */
    public RankGroup(
            int firstRank,
            List<? extends List<? extends ShardRows>> shards,
            Function<List<? extends ShardRows>, R> build) {
        this.firstRank = firstRank;
        List<? extends ShardRows> last = shards.get(shards.size() - 1);
        fromShard = shards.get(0).get(0).shard();
        toShard = last.get(last.size() - 1).shard() + 1;
        shards.forEach(own -> members.add(new Member<>(own, build)));
    }

    /** The first shard of all ranks. */
    public int fromShard() {
        return fromShard;
    }

    /** After the last shard of all ranks. */
    public int toShard() {
        return toShard;
    }

    /**
     * Lets all ranks work at the same time.
     *
     * @return what comes of it, in the order of the ranks
     * @throws RuntimeException the failure of a rank; if several fail, of one that has not failed because of another
     */
    public <T> List<T> each(Work<R, T> work) {
        return each(work, results -> results);
    }

    /**
     * Lets all ranks work at the same time. One call at a time: an attempt of a task that Spark has given up may still
     * run.
     *
     * @param finish makes something of the results, in the order of the ranks, before the next call may overwrite what
     *     they hold
     * @return what {@code finish} has made
     * @throws RuntimeException the failure of a rank; if several fail, of one that has not failed because of another
     */
    public synchronized <T, U> U each(Work<R, T> work, Function<List<T>, U> finish) {
        if (!members.stream().allMatch(Member::built)) {
            // All of them before any begins to work: a rank that cannot be built leaves no other waiting for it.
            sideBySide((number, member) -> member.rank());
        }
        return finish.apply(sideBySide((number, member) -> work.run(number, member.rank())));
    }

    private <T> List<T> sideBySide(Work<Member<R>, T> work) {
        if (members.size() == 1) {
            return List.of(work.run(firstRank, members.get(0)));
        }
        ExecutorService threads = Executors.newFixedThreadPool(members.size(), RankGroup::thread);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < members.size(); i++) {
                int number = firstRank + i;
                Member<R> member = members.get(i);
                futures.add(threads.submit(() -> work.run(number, member)));
            }
            return results(futures);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "lockstep-rank");
        thread.setDaemon(true);
        return thread;
    }

    private static <T> List<T> results(List<Future<T>> futures) {
        List<T> results = new ArrayList<>();
        @Nullable Throwable failure = null;
        for (Future<T> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                failure = first(failure, Objects.requireNonNull(e.getCause()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PeerFailureException("interrupted while the ranks were at work", e);
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
        return results;
    }

    /** The cause among two failures; the other one goes along. */
    private static Throwable first(@Nullable Throwable known, Throwable next) {
        if (known == null) {
            return next;
        }
        boolean follows = known instanceof PeerFailureException && !(next instanceof PeerFailureException);
        Throwable cause = follows ? next : known;
        Throwable other = follows ? known : next;
        if (cause != other && other.getCause() != cause) {
            cause.addSuppressed(other);
        }
        return cause;
    }
}
