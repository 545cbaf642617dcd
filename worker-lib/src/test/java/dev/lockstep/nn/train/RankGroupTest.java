package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.ShardRows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A group builds its ranks once, lets them work side by side, and says what went wrong first. */
@Tag("java")
@Timeout(60)
class RankGroupTest {
    private static final int FIRST = 3;

    /** Two shards a rank, from shard 6 on; a rank is the number of its first shard. */
    private static RankGroup<Integer> group(int ranks, AtomicInteger built) {
        List<List<ShardRows>> shards = new ArrayList<>();
        for (int rank = FIRST; rank < FIRST + ranks; rank++) {
            shards.add(List.of(shard(2 * rank), shard(2 * rank + 1)));
        }
        return new RankGroup<>(FIRST, shards, own -> {
            built.incrementAndGet();
            return own.get(0).shard();
        });
    }

    private static ShardRows shard(int number) {
        return new MemoryShard(number, 0, List.of(), 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void resultsComeInTheOrderOfTheRanksWhichAreBuiltOnce(int ranks) {
        AtomicInteger built = new AtomicInteger();
        RankGroup<Integer> group = group(ranks, built);
        assertThat(group.fromShard()).isEqualTo(2 * FIRST);
        assertThat(group.toShard()).isEqualTo(2 * (FIRST + ranks));
        for (int call = 0; call < 2; call++) {
            assertThat(group.each(Cancellation.NEVER, (number, rank, cancellation) -> number + " from " + rank))
                    .isEqualTo(IntStream.range(FIRST, FIRST + ranks)
                            .mapToObj(rank -> rank + " from " + 2 * rank)
                            .toList());
        }
        assertThat(built).hasValue(ranks);
    }

    @Test
    void ranksWorkAtTheSameTime() {
        CountDownLatch all = new CountDownLatch(4);
        assertThat(group(4, new AtomicInteger()).each(Cancellation.NEVER, (number, rank, cancellation) -> {
                    all.countDown();
                    try {
                        all.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return number;
                }))
                .hasSize(4);
    }

    @Test
    void theFailureOfARankIsToldBeforeThoseThatFollowFromIt() {
        RankGroup<Integer> group = group(4, new AtomicInteger());
        IllegalStateException cause = new IllegalStateException("rank 5");
        assertThatThrownBy(() -> group.each(Cancellation.NEVER, (number, rank, cancellation) -> {
                    if (number == 5) {
                        throw cause;
                    }
                    throw new PeerFailureException("rank " + number, cause);
                }))
                .isSameAs(cause)
                .hasNoSuppressedExceptions();
        assertThatThrownBy(() -> group.each(Cancellation.NEVER, (number, rank, cancellation) -> {
                    throw new IllegalStateException("rank " + number);
                }))
                .hasMessage("rank 3")
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(3));
    }

    @Test
    void aRankThatCannotBeBuiltLeavesNoOtherAtWork() {
        AtomicInteger working = new AtomicInteger();
        List<List<ShardRows>> shards = List.of(List.of(shard(0)), List.of(shard(1)));
        RankGroup<Integer> group = new RankGroup<>(0, shards, own -> {
            if (own.get(0).shard() == 1) {
                throw new OutOfMemoryError("no room");
            }
            return 0;
        });
        assertThatThrownBy(
                        () -> group.each(Cancellation.NEVER, (number, rank, cancellation) -> working.incrementAndGet()))
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessage("no room");
        assertThat(working).hasValue(0);
    }

    /** While a rank ignores the interrupt, the call does not return, and the next call waits. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void noThreadUsesARankAfterAnInterrupt(int ranks) throws Exception {
        AtomicInteger built = new AtomicInteger();
        RankGroup<Integer> group = group(ranks, built);
        AtomicInteger using = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(ranks);
        AtomicBoolean interruptStayed = new AtomicBoolean();
        Thread task = new Thread(() -> {
            try {
                group.each(Cancellation.NEVER, (number, rank, cancellation) -> {
                    using.incrementAndGet();
                    begun.countDown();
                    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
                    while (System.nanoTime() < end) {
                        Thread.onSpinWait();
                    }
                    using.decrementAndGet();
                    cancellation.check();
                    return number;
                });
            } catch (PeerFailureException e) {
                interruptStayed.set(Thread.currentThread().isInterrupted() && using.get() == 0);
            }
        });
        task.start();
        begun.await();
        task.interrupt();
        List<Integer> seen = group.each(Cancellation.NEVER, (number, rank, cancellation) -> using.get());
        assertThat(seen).hasSize(ranks).containsOnly(0);
        task.join();
        assertThat(interruptStayed).isTrue();
        assertThat(built)
                .as("ranks that may have stopped half-way are built anew")
                .hasValue(2 * ranks);
    }

    /** Whoever waits for a rank that has failed is woken by an interrupt, and the failure is told. */
    @Test
    void aFailureEndsTheWaitingOfTheOthers() {
        RankGroup<Integer> group = group(4, new AtomicInteger());
        assertThatThrownBy(() -> group.each(Cancellation.NEVER, (number, rank, cancellation) -> {
                    if (number == 6) {
                        throw new OutOfMemoryError("Java heap space");
                    }
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        throw new PeerFailureException("interrupted", e);
                    }
                    return number;
                }))
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessage("Java heap space");
    }

    /** Also of a task that waits for another attempt to leave the ranks. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void aCancellationEndsTheWork(int ranks) throws Exception {
        RankGroup<Integer> group = group(ranks, new AtomicInteger());
        AtomicBoolean cancelled = new AtomicBoolean();
        Cancellation cancellation = () -> {
            if (cancelled.get()) {
                throw new CancellationException("not needed any more");
            }
        };
        CountDownLatch begun = new CountDownLatch(ranks);
        RankGroup.Work<Integer, Integer> endless = (number, rank, own) -> {
            begun.countDown();
            while (true) {
                own.check();
                Thread.onSpinWait();
            }
        };
        List<CompletableFuture<List<Integer>>> attempts = IntStream.range(0, 2)
                .mapToObj(attempt -> CompletableFuture.supplyAsync(
                        () -> group.each(cancellation, endless), task -> new Thread(task).start()))
                .toList();
        begun.await();
        cancelled.set(true);
        for (CompletableFuture<List<Integer>> attempt : attempts) {
            assertThatThrownBy(() -> attempt.get(10, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(CancellationException.class);
        }
    }
}
