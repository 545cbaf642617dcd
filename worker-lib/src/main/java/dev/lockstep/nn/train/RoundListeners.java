package dev.lockstep.nn.train;

import java.util.List;
import java.util.Map;

/**
 * Several listeners as one, told in order.
 *
 * @param listeners who receives the progress
 */
public record RoundListeners(List<RoundListener> listeners) implements RoundListener {
    public RoundListeners {
        listeners = List.copyOf(listeners);
    }

    @Override
    public void started(TrainingPlan plan, TrainState state) {
        listeners.forEach(listener -> listener.started(plan, state));
    }

    @Override
    public void round(TrainState state) {
        listeners.forEach(listener -> listener.round(state));
    }

    @Override
    public void validated(Map<String, Object> figures) {
        listeners.forEach(listener -> listener.validated(figures));
    }

    @Override
    public void epoch(EpochMetrics metrics, long bytesSent) {
        listeners.forEach(listener -> listener.epoch(metrics, bytesSent));
    }

    @Override
    public void settled(TrainState state) {
        listeners.forEach(listener -> listener.settled(state));
    }

    @Override
    public void finished(TrainState state) {
        listeners.forEach(listener -> listener.finished(state));
    }
}
