package dev.lockstep.nn.param;

/** The role of a parameter tensor; penalties and weight decay touch weights alone. */
public enum ParameterRole {
    /** A factor of the layer's input: decayed by L1, L2 and weight decay. */
    WEIGHT,
    /** A vector for each of several tokens: decayed as weights are; a bound on norms is one on each vector. */
    TABLE,
    /** Added to a linear map: never decayed. */
    BIAS,
    /** Scale or shift of a normalisation: never decayed. */
    GAIN,
    /** Mean or spread of a distribution over weights: never decayed, its prior takes that place. */
    POSTERIOR;

    /** Whether its numbers multiply the layer's input, or are looked up by it. */
    public boolean weight() {
        return this == WEIGHT || this == TABLE;
    }
}
