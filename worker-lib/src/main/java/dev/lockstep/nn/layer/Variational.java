package dev.lockstep.nn.layer;

import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.Prior;
import dev.lockstep.nn.spec.Expect;

/**
 * What variational layers have in common.
 *
 * @param estimator see {@link Estimator}
 * @param prior see {@link Prior}
 * @param initialSigma standard deviation of each weight before training
 * @param initializer means before training
 */
record Variational(Estimator estimator, Prior prior, double initialSigma, Initializer initializer) {
    /** Small beside Glorot's initial means, so that training begins almost as that of a plain layer. */
    static final double INITIAL_SIGMA = 0.02;

    static Estimator estimator(Estimator given) {
        return given == null ? Estimator.LOCAL_REPARAMETERIZATION : given;
    }

    static Prior prior(Prior given) {
        return given == null ? new Prior.Gaussian(null) : given;
    }

    static double initialSigma(Double given) {
        return given == null ? INITIAL_SIGMA : Expect.positive("initialSigma", given);
    }
}
