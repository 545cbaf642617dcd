package dev.lockstep.nn.train;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import java.io.Serializable;

/**
 * All that is needed to measure a network, except its rows and its parameters. It travels to wherever the rows are.
 *
 * @param model the network
 * @param layout how rows are packed
 * @param scaling what is done to features and targets
 * @param seed the job's seed
 * @param samples predictive samples; 0: nothing is random
 */
public record EvaluationSetup(ModelSpec model, RowLayout layout, Scaling scaling, long seed, int samples)
        implements Serializable {

    /** The network bound to the rows' features. */
    public Network network() {
        return Network.bind(model, layout.features());
    }
}
