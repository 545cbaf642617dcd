package dev.lockstep.nn.kernel;

/**
 * The settings of {@link OptimizerKernels#adam} in one step over one tensor.
 *
 * @param update the arguments of all rules
 * @param beta1 decay of the mean
 * @param beta2 decay of the uncentred variance
 * @param epsilon added to the root
 * @param firstCorrection {@code 1 / (1 - beta1^t)} rounded to float, t counted from 1
 * @param secondCorrection {@code 1 / (1 - beta2^t)} rounded to float
 * @param weightDecay decoupled weight decay (AdamW); 0 for none
 */
public record AdamStep(
        UpdateStep update,
        float beta1,
        float beta2,
        float epsilon,
        float firstCorrection,
        float secondCorrection,
        float weightDecay) {}
