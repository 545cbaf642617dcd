package dev.lockstep.nn.train;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Several workers side by side, each in a thread of its own, each with some of the shards: the bits of one that has
 * them all.
 */
public final class ThreadedWorkers implements Workers, AutoCloseable {
    private final List<? extends Workers> parts;
    private final ExecutorService threads;

    /**
     * Workers in this JVM.
     *
     * @param parts who together hold each training shard once; the first holds all validation shards
     */
    public ThreadedWorkers(List<? extends Workers> parts) {
        this.parts = List.copyOf(parts);
        threads = Executors.newFixedThreadPool(parts.size());
    }

    @Override
    public List<ShardTree.Partial<StepSum>> gradients(TrainState state) {
        return sideBySide(part -> part.gradients(state));
    }

    @Override
    public List<ShardTree.Partial<LocalMean>> localSteps(TrainState state, int steps) {
        return sideBySide(part -> part.localSteps(state, steps));
    }

    /** What a part does. */
    private interface Work<T> {
        List<ShardTree.Partial<T>> of(Workers part);
    }

    private <T> List<ShardTree.Partial<T>> sideBySide(Work<T> work) {
        List<Callable<List<ShardTree.Partial<T>>>> tasks = new ArrayList<>();
        for (Workers part : parts) {
            tasks.add(() -> work.of(part));
        }
        List<ShardTree.Partial<T>> partials = new ArrayList<>();
        try {
            for (Future<List<ShardTree.Partial<T>>> future : threads.invokeAll(tasks)) {
                partials.addAll(future.get());
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while shards were at work", e);
        }
        return partials;
    }

    @Override
    public LossSum validate(Parameters parameters) {
        return parts.get(0).validate(parameters);
    }

    @Override
    public long bytesSent() {
        return 0;
    }

    /** Ends the threads. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
