package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.Block;
import dev.lockstep.nn.data.ShardRows;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Something that goes wrong once, at a point of a round, in the process of the driver: Spark's plugin sees tasks begin,
 * and the rows of the shards see the ranks at work.
 */
final class Disturbance {
    /** How long somebody is waited for who may never come. */
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** The first shard, whose rank belongs to the first task, and with several threads shares it with others. */
    private static final int VICTIM = 0;

    private static volatile Disturbance planned;

    private static final Map<Integer, RunningTask> TASKS = new ConcurrentHashMap<>();

    private static final ThreadLocal<Boolean> BUILDING = ThreadLocal.withInitial(() -> false);

    private final Point point;
    private final Hurt hurt;
    private final AtomicBoolean happened = new AtomicBoolean();

    /** When it happens. */
    enum Point {
        /** The task has begun and nothing else. */
        BEFORE,
        /** The rank is being built. */
        BUILDING,
        /** The rank computes. */
        PASS,
        /** Others wait for the rank. */
        EXCHANGE,
        /** The round is over, and the driver about to begin the next one. */
        AFTER;

        /** Whether it can happen there. */
        boolean allows(Hurt hurt) {
            return switch (this) {
                case BEFORE -> hurt == Hurt.INTERRUPT_TASK || hurt == Hurt.KILL_TASK;
                case BUILDING, PASS, EXCHANGE -> true;
                case AFTER -> hurt == Hurt.INTERRUPT_THREAD;
            };
        }
    }

    /** What happens. */
    enum Hurt {
        INTERRUPT_THREAD,
        INTERRUPT_TASK,
        KILL_TASK,
        FAIL,
        RUN_OUT_OF_MEMORY
    }

    private record RunningTask(Thread thread, long attempt) {}

    Disturbance(Point point, Hurt hurt) {
        this.point = point;
        this.hurt = hurt;
    }

    Point point() {
        return point;
    }

    boolean happened() {
        return happened.get();
    }

    /** The driver begins a round in which this happens; null: nothing does. */
    static void begin(Disturbance next) {
        planned = next;
        if (next != null && next.point == Point.AFTER && next.happened.compareAndSet(false, true)) {
            Thread.currentThread().interrupt();
        }
    }

    /** Builds a rank. */
    static <R> R building(int shard, Supplier<R> rank) {
        BUILDING.set(true);
        try {
            at(Point.BUILDING, shard);
            return rank.get();
        } finally {
            BUILDING.set(false);
        }
    }

    /** The same rows, which a rank asks for their number in each step. */
    static ShardRows watch(ShardRows rows) {
        return new ShardRows() {
            @Override
            public int shard() {
                return rows.shard();
            }

            @Override
            public int rows() {
                if (!BUILDING.get()) {
                    at(Point.PASS, rows.shard());
                    at(Point.EXCHANGE, rows.shard());
                }
                return rows.rows();
            }

            @Override
            public double rowWeight() {
                return rows.rowWeight();
            }

            @Override
            public long digest() {
                return rows.digest();
            }

            @Override
            public int blocks() {
                return rows.blocks();
            }

            @Override
            public int firstRow(int index) {
                return rows.firstRow(index);
            }

            @Override
            public Block block(int index) {
                return rows.block(index);
            }
        };
    }

    private static void at(Point point, int shard) {
        Disturbance next = planned;
        if (next != null && next.point == point && shard == VICTIM && next.happened.compareAndSet(false, true)) {
            next.happen();
        }
    }

    private void happen() {
        Thread waiting = point == Point.EXCHANGE ? awaitSomebodyWaiting() : null;
        switch (hurt) {
            case INTERRUPT_THREAD -> (waiting == null ? Thread.currentThread() : waiting).interrupt();
            case INTERRUPT_TASK -> {
                TASKS.get(0).thread().interrupt();
                awaitInterrupt();
            }
            case KILL_TASK -> {
                SparkContext.getOrCreate().killTaskAttempt(TASKS.get(0).attempt(), true, "a test");
                awaitInterrupt();
            }
            case FAIL -> throw new IllegalStateException("a test");
            case RUN_OUT_OF_MEMORY -> throw new OutOfMemoryError("a test");
        }
    }

    /** An interrupt of the task comes to its ranks' threads as well. */
    private static void awaitInterrupt() {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (!Thread.currentThread().isInterrupted() && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** A thread that waits for this one: another rank, or that of the task. */
    private static Thread awaitSomebodyWaiting() {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (System.nanoTime() < end) {
            Optional<Thread> waiting = Stream.concat(
                            waitingIn("dev.lockstep.nn.train.Arrivals", "sleep"),
                            waitingIn("dev.lockstep.nn.train.RankGroup", "awaitFirstFailure"))
                    .findFirst();
            if (waiting.isPresent()) {
                return waiting.get();
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        throw new AssertionError("nobody waits");
    }

    private static Stream<Thread> waitingIn(String type, String method) {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> Arrays.stream(entry.getValue())
                        .anyMatch(frame -> frame.getClassName().equals(type)
                                && frame.getMethodName().equals(method)))
                .map(Map.Entry::getKey);
    }

    @Override
    public String toString() {
        return point + ", " + hurt;
    }

    /** Sees tasks begin, in their threads. */
    public static final class Plugin implements SparkPlugin {
        @Override
        public DriverPlugin driverPlugin() {
            return null;
        }

        @Override
        public ExecutorPlugin executorPlugin() {
            return new ExecutorPlugin() {
                @Override
                public void onTaskStart() {
                    TaskContext task = TaskContext.get();
                    TASKS.put(task.partitionId(), new RunningTask(Thread.currentThread(), task.taskAttemptId()));
                    if (task.partitionId() == 0) {
                        at(Point.BEFORE, VICTIM);
                    }
                }
            };
        }
    }
}
