package dev.lockstep.nn.train;

/** Brings together numbers that the owners of the slices have computed. */
@FunctionalInterface
interface BlockSums {
    /**
     * Returns the numbers of all owners in the order of their slices, once each of them has given its own; until then
     * all of them wait.
     */
    double[] gather(double[] own);
}
