package dev.lockstep.nn.io;

import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.train.TrainState;
import java.util.ArrayList;
import java.util.List;

/**
 * The vectors of a state by the names that they have in a checkpoint. A vector that training carries from round to
 * round belongs here; empty ones are left out.
 *
 * @param tensors each vector as one tensor
 */
record StateVectors(List<NamedTensor> tensors) {

    static StateVectors of(TrainState state) {
        List<NamedTensor> tensors = new ArrayList<>();
        add("parameters", state.parameters().theta(), tensors);
        add("buffers", state.parameters().buffers(), tensors);
        add("optimizerState", state.optimizerState(), tensors);
        add("outerMomentum", state.outerMomentum(), tensors);
        add("bestParameters", state.best().theta(), tensors);
        add("bestBuffers", state.best().buffers(), tensors);
        for (int shard = 0; shard < state.residuals().size(); shard++) {
            add("residual." + shard, state.residuals().get(shard), tensors);
        }
        return new StateVectors(tensors);
    }

    private static void add(String name, float[] vector, List<NamedTensor> tensors) {
        if (vector.length > 0) {
            tensors.add(new NamedTensor(name, Shape.of(vector.length), vector, 0));
        }
    }
}
