package dev.lockstep.nn.layer.recurrent;

import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.layer.LayerReplica;
import dev.lockstep.nn.layer.RecurrentSpec;
import dev.lockstep.nn.layer.Workspace;
import dev.lockstep.nn.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A {@link RecurrentSpec}, bound.
 *
 * @param truncate steps between two places where the state counts as a constant; 0 for none
 * @param dropout on the way from state to state; null for none
 * @param parameters how many there are
 */
public record RecurrentLayer(
        String name,
        Shape input,
        Shape output,
        RecurrentCell cell,
        int truncate,
        @Nullable StateDropout dropout,
        int parameters)
        implements Layer {

    @Override
    public LayerReplica replica(Workspace workspace) {
        return new RecurrentReplica(this, workspace);
    }
}
