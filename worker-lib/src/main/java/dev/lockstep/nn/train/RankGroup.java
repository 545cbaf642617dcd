package dev.lockstep.nn.train;

import dev.lockstep.nn.data.ShardRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
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
    /** How often a cancellation is asked while the ranks work. */
    private static final long POLL_MILLIS = 50;

    private final int firstRank;
    private final int fromShard;
    private final int toShard;
    private final List<Member<R>> members = new ArrayList<>();
    private final ReentrantLock inUse = new ReentrantLock();

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

        void drop() {
            rank = null;
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
         * @param cancellation to be asked between steps: throws when nobody needs the result any more
         */
        T run(int number, R rank, Cancellation cancellation);
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
     * @param cancellation is asked while the ranks work; when it throws, they stop
     * @return what comes of it, in the order of the ranks
     * @throws RuntimeException the failure of a rank; if several fail, of one that has not failed because of another
     */
    public <T> List<T> each(Cancellation cancellation, Work<R, T> work) {
        return each(cancellation, work, results -> results);
    }

    /**
     * Lets all ranks work at the same time. Whether it returns or throws, no thread uses a rank any more afterwards.
     * When one rank fails, when the calling thread is interrupted, or when the work is cancelled, the threads are
     * interrupted and then awaited, and the next call builds the ranks again, since one may have stopped half-way. One
     * call at a time: an attempt of a task that Spark has given up may still run.
     *
     * @param cancellation is asked while the ranks work; when it throws, they stop
     * @param finish makes something of the results, in the order of the ranks, before the next call may overwrite what
     *     they hold
     * @return what {@code finish} has made
     * @throws RuntimeException the failure of a rank; if several fail, of one that has not failed because of another
     */
    public <T, U> U each(Cancellation cancellation, Work<R, T> work, Function<List<T>, U> finish) {
        return alone(cancellation, own -> {
            buildMissing(own);
            return finish.apply(sideBySide(own, (number, member) -> work.run(number, member.rank(), own)));
        });
    }

    /**
     * Builds the ranks that are not there yet, all of them before any begins to work: a rank that cannot be built
     * leaves no other waiting for it.
     *
     * @param cancellation is asked while they are built
     */
    public void build(Cancellation cancellation) {
        alone(cancellation, own -> {
            buildMissing(own);
            return true;
        });
    }

    private void buildMissing(Cancellation cancellation) {
        if (!members.stream().allMatch(Member::built)) {
            sideBySide(cancellation, (number, member) -> member.rank());
        }
    }

    /** Lets only one call at a time use the ranks, and drops them if it fails. */
    private <U> U alone(Cancellation cancellation, Function<Cancellation, U> call) {
        Cancellation own = () -> {
            cancellation.check();
            if (Thread.currentThread().isInterrupted()) {
                throw new PeerFailureException("interrupted while the ranks were at work", null);
            }
        };
        enter(own);
        try {
            return call.apply(own);
        } catch (RuntimeException | Error e) {
            members.forEach(Member::drop);
            throw e;
        } finally {
            inUse.unlock();
        }
    }

    private void enter(Cancellation cancellation) {
        try {
            while (!inUse.tryLock(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                cancellation.check();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static PeerFailureException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new PeerFailureException("interrupted while the ranks were at work", e);
    }

    /** What is done with a member of the group. */
    private interface MemberWork<R, T> {
        T run(int number, Member<R> member);
    }

    private <T> List<T> sideBySide(Cancellation cancellation, MemberWork<R, T> work) {
        if (members.size() == 1) {
            return List.of(work.run(firstRank, members.get(0)));
        }
        ExecutorService threads = Executors.newFixedThreadPool(members.size(), RankGroup::thread);
        List<Future<T>> futures = new ArrayList<>();
        try {
            CompletionService<T> completed = new ExecutorCompletionService<>(threads);
            for (int i = 0; i < members.size(); i++) {
                int number = firstRank + i;
                Member<R> member = members.get(i);
                futures.add(completed.submit(() -> work.run(number, member)));
            }
            awaitFirstFailure(completed, cancellation);
        } finally {
            stop(threads);
        }
        return results(futures);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "lockstep-rank");
        thread.setDaemon(true);
        return thread;
    }

    /** Waits until all ranks have finished or one has failed. */
    private <T> void awaitFirstFailure(CompletionService<T> completed, Cancellation cancellation) {
        try {
            for (int left = members.size(); left > 0; left--) {
                Future<T> next = completed.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                while (next == null) {
                    cancellation.check();
                    next = completed.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                }
                next.get();
            }
        } catch (ExecutionException e) {
            // Ranks that wait for this one must not wait forever. Which failure is reported is decided at the end.
            return;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Interrupts the threads that are still at work and waits for them, however often it is interrupted itself. */
    private static void stop(ExecutorService threads) {
        boolean interrupted = false;
        threads.shutdownNow();
        while (true) {
            try {
                if (threads.awaitTermination(1, TimeUnit.MINUTES)) {
                    break;
                }
                threads.shutdownNow();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The results of threads that have all ended. */
    private static <T> List<T> results(List<Future<T>> futures) {
        List<T> results = new ArrayList<>();
        @Nullable Throwable failure = null;
        for (Future<T> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                failure = first(failure, Objects.requireNonNull(e.getCause()));
            } catch (InterruptedException e) {
                throw new IllegalStateException("a thread that has ended is not waited for", e);
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
