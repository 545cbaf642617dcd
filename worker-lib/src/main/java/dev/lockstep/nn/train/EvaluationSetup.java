package dev.lockstep.nn.train;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import java.io.Serializable;

/**
 * Everything that is needed to measure a network, except its rows and its parameters. It travels to wherever the rows
 * are.
 *
 * @param model the network
 * @param layout how rows are packed
 * @param scaling what is done to features and targets
 * @param seed the job's seed
 * @param samples predictive samples; 0: nothing is random
 * @param decision how outputs become probabilities and classes
 */
public record EvaluationSetup(
        ModelSpec model, RowLayout layout, Scaling scaling, long seed, int samples, Decision decision)
        implements Serializable {

    /** The most probable class is predicted. */
    public EvaluationSetup(ModelSpec model, RowLayout layout, Scaling scaling, long seed, int samples) {
        this(model, layout, scaling, seed, samples, Decision.PLAIN);
    }

    /** The same with a decision that was fitted. */
    public EvaluationSetup with(Decision fitted) {
        return new EvaluationSetup(model, layout, scaling, seed, samples, fitted);
    }

    /** The same with another number of predictive samples. */
    public EvaluationSetup withSamples(int predictive) {
        return new EvaluationSetup(model, layout, scaling, seed, predictive, decision);
    }

    /** The network bound to the rows' features. */
    public Network network() {
        return Network.bind(model, layout.features());
    }
}
