package dev.lockstep.nn.param;

/**
 * The random numbers that a variational layer draws in training: all give unbiased gradients, with different variances.
 * Outside training every layer draws its weights, once for all rows of a predictive sample.
 */
public enum Estimator {
    /**
     * Draws the pre-activations, which are Gaussian given the input, for each row by itself: {@code z = x m + b +
     * sqrt(x^2 s^2 + 1e-10) e} (Kingma et al. 2015). The least variance. Only where each weight is used once a row:
     * pre-activations that share weights, those of a sequence's steps or of an image's places, are correlated, and
     * independent noise is that of another distribution, which vanishes where they are pooled.
     */
    LOCAL_REPARAMETERIZATION,
    /**
     * Draws the weights once a step, and for each row a random sign of each input and of each output, so that rows are
     * decorrelated: {@code z = x m + b + ((x u) (s e)) v} (Wen et al. 2018). All steps or places of a row have its
     * signs, and so the same weights.
     */
    FLIPOUT,
    /** Draws the weights once a step, the same for all rows: {@code z = x (m + s e) + b} (Blundell et al. 2015). */
    REPARAMETERIZATION
}
