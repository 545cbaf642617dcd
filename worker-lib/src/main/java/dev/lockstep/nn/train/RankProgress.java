package dev.lockstep.nn.train;

/**
 * The progress of a rank in a round of all-reduce. A rank that does not wait for others and stays where it is, is
 * stuck.
 *
 * @param since when it turned to the present phase of its step; a number to compare with an earlier one of this rank
 * @param waits whether it waits for other ranks
 */
public record RankProgress(long since, boolean waits) {
    /** A rank that has yet to meet the others. */
    public static final RankProgress NONE = new RankProgress(0, false);
}
