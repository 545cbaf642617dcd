package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.train.StepTimes;
import java.util.List;

/**
 * Several listeners as one.
 *
 * @param listeners called in this order
 */
public record Listeners(List<TrainingListener> listeners) implements TrainingListener {
    /** Copies the list. */
    public Listeners {
        listeners = List.copyOf(listeners);
    }

    @Override
    public void notice(String line) {
        listeners.forEach(listener -> listener.notice(line));
    }

    @Override
    public void resumed(List<JsonNode> epochs) {
        listeners.forEach(listener -> listener.resumed(epochs));
    }

    @Override
    public void preparing(String work) {
        listeners.forEach(listener -> listener.preparing(work));
    }

    @Override
    public void prepared(int done, int tasks) {
        listeners.forEach(listener -> listener.prepared(done, tasks));
    }

    @Override
    public void memory(List<String> table) {
        listeners.forEach(listener -> listener.memory(table));
    }

    @Override
    public void started(TrainingOverview plan) {
        listeners.forEach(listener -> listener.started(plan));
    }

    @Override
    public void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {
        listeners.forEach(listener -> listener.step(epoch, stepInEpoch, stepsInEpoch, loss));
    }

    @Override
    public void ranks(List<StepTimes> times) {
        listeners.forEach(listener -> listener.ranks(times));
    }

    @Override
    public void learned(long step, Network network, float[] parameters) {
        listeners.forEach(listener -> listener.learned(step, network, parameters));
    }

    @Override
    public void epoch(EpochReport report) {
        listeners.forEach(listener -> listener.epoch(report));
    }

    @Override
    public void finished(TrainingSummary summary) {
        listeners.forEach(listener -> listener.finished(summary));
    }
}
