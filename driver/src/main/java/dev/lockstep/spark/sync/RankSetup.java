package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.train.ParameterUpdate;
import dev.lockstep.nn.train.TrainingPlan;
import java.io.Serializable;

/**
 * All that a rank has to know besides its rows; sent to the executors once.
 *
 * @param model the network
 * @param layout how rows are packed
 * @param scaling what is done to features
 * @param plan how rows become steps
 * @param update the update of local steps
 * @param samples predictive samples of an evaluation; 0: nothing is random
 */
public record RankSetup(
        ModelSpec model, RowLayout layout, Scaling scaling, TrainingPlan plan, ParameterUpdate update, int samples)
        implements Serializable {

    /** The network bound to the rows' features. */
    public Network network() {
        return Network.bind(model, layout.features());
    }
}
