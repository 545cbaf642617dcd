package dev.lockstep.nn.param;

/** How a variational layer draws: all give unbiased gradients, with different variances. */
public enum Estimator {
    /**
     * Draws the pre-activations, which are Gaussian given the input, for each row by itself: {@code z = x m + b +
     * sqrt(x^2 s^2 + 1e-10) e} (Kingma et al. 2015). The least variance.
     */
    LOCAL_REPARAMETERIZATION,
    /**
     * Draws the weights once a step, and for each row a random sign of each input and of each output, so that rows are
     * decorrelated: {@code z = x m + b + ((x u) (s e)) v} (Wen et al. 2018).
     */
    FLIPOUT,
    /** Draws the weights once a step, the same for all rows: {@code z = x (m + s e) + b} (Blundell et al. 2015). */
    REPARAMETERIZATION
}
