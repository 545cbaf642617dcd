package dev.lockstep.nn.optim;

import dev.lockstep.nn.spec.Expect;
import java.io.Serializable;
import java.util.List;

/**
 * The weight of the divergence of distributions over weights from their priors: training minimises {@code NLL + beta
 * KL(q || p)} of the whole training set, {@code beta = factor} times the schedule's. 1 throughout is the negative
 * evidence lower bound; less is a tempered ("cold") posterior (Wenzel et al. 2020), and a rise over the first epochs
 * lets the means find the data before their noise grows (Sønderby et al. 2016).
 *
 * @param factor what the schedule is multiplied by; 1 unless given, 0 leaves the divergence out
 * @param schedule over time, see {@link Schedule}; constant unless given
 */
public record KlWeight(Double factor, Schedule schedule) implements Serializable {
    /** The divergence as it is. */
    public static final KlWeight ONE = new KlWeight(1.0, new Schedule.Constant());

    public KlWeight {
        factor = factor == null ? 1 : Expect.notNegative("factor", factor);
        schedule = schedule == null ? new Schedule.Constant() : schedule;
    }

    /**
     * {@code beta} in a step.
     *
     * @param step steps taken before this one
     * @param horizon the length of the training
     * @param history the epochs completed before this step's
     */
    public double at(long step, Horizon horizon, List<? extends EpochOutcome> history) {
        return factor * schedule.factor(step, horizon, history);
    }
}
