package dev.lockstep.nn.posterior;

/**
 * A {@link Curvature} summed over rows: a monoid along the shard tree.
 *
 * @param values the lower triangle of each network's matrix, row by row, one network after another
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record CurvatureSum(double[] values) {
    /** Both together, this one's rows first; changes and returns this one. */
    public CurvatureSum plus(CurvatureSum right) {
        for (int i = 0; i < values.length; i++) {
            values[i] += right.values[i];
        }
        return this;
    }
}
