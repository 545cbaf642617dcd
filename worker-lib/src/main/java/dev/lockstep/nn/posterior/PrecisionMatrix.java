package dev.lockstep.nn.posterior;

import dev.lockstep.nn.param.Spread;

/** {@code H + p I} for the weights of a layer: the inverse of the covariance that they are drawn with. */
interface PrecisionMatrix {

    /** {@code H}, to which the precision of a prior is added. */
    @FunctionalInterface
    interface Information {
        /** {@code H + p I}, for {@code p} above 0. */
        PrecisionMatrix plus(double prior);
    }

    /** How many weights there are. */
    int size();

    /** {@code tr (H + p I)^-1}. */
    double inverseTrace();

    /**
     * What a spread of these weights is made of.
     *
     * @param offset of the first of them among the parameters
     */
    Spread.Block block(int offset);

    /**
     * Writes the values of that block.
     *
     * @param into overwritten from {@code at} on
     * @return after them
     */
    int copy(float[] into, int at);
}
