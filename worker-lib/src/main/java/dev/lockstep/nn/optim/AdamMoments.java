package dev.lockstep.nn.optim;

import dev.lockstep.nn.kernel.AdamStep;
import dev.lockstep.nn.spec.Expect;

/**
 * What {@link Adam}, {@link AdamW} and {@link Lamb} share: two moments of the gradient, {@code m = b1 m + (1 - b1) g}
 * and {@code v = b2 v + (1 - b2) g^2}, and the direction {@code (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)}, with
 * {@code t} from 1. Slots: {@code m}, {@code v}.
 */
interface AdamMoments {
    /** Decay of the mean. */
    Double beta1();

    /** Decay of the uncentred variance. */
    Double beta2();

    /** Added to the root after the bias correction. */
    Double epsilon();

    /** The kernels' arguments for a step; {@code weightDecay} is that of the tensors that are decayed. */
    default AdamStep adamStep(OptimizerStep step, double weightDecay) {
        return new AdamStep(
                step.update(),
                beta1().floatValue(),
                beta2().floatValue(),
                epsilon().floatValue(),
                step.biasCorrection(beta1()),
                step.biasCorrection(beta2()),
                step.decayed() ? (float) weightDecay : 0f);
    }

    /** The rate, or 0.001. */
    static Double learningRate(Double given) {
        return given == null ? 0.001 : Expect.positiveFloat("learningRate", given);
    }

    /** The decay of weights, or 0.01. */
    static Double weightDecay(Double given) {
        return given == null ? 0.01 : Expect.notNegativeFloat("weightDecay", given);
    }

    /** The decay of the mean, or 0.9. */
    static Double beta1(Double given) {
        return given == null ? 0.9 : Expect.fractionFloat("beta1", given);
    }

    /** The decay of the uncentred variance, or 0.999. */
    static Double beta2(Double given) {
        return given == null ? 0.999 : Expect.fractionFloat("beta2", given);
    }

    /** What is added to the root. */
    static Double epsilon(Double given, double otherwise) {
        return given == null ? otherwise : Expect.positiveFloat("epsilon", given);
    }
}
