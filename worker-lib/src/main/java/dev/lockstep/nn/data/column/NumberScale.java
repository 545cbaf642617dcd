package dev.lockstep.nn.data.column;

/** The scaling of the numbers of a column, in double, before they are rounded to floats. */
public enum NumberScale {
    /** {@code x}. */
    NONE,
    /**
     * {@code (x - mean) / std}, both over the training rows (the population's); only shifted where they do not vary.
     */
    STANDARDISE,
    /** {@code (x - min) / (max - min)} of the training rows; only shifted where they do not vary. */
    MIN_MAX,
    /** {@code log(1 + x)}, standardised. */
    LOG1P;

    /** The number before it is shifted and divided. */
    double transform(double x) throws CellException {
        if (this != LOG1P) {
            return x;
        }
        if (!(x > -1)) {
            throw new CellException("expected a number above -1 for log1p, got " + x);
        }
        return StrictMath.log1p(x);
    }
}
