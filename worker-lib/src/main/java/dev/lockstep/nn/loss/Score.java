package dev.lockstep.nn.loss;

/** The figure that goes with a loss in progress lines and in {@code metrics.jsonl}. */
public enum Score {
    /** Weighted share of rows whose most probable class is the true one; more is better. */
    ACCURACY("accuracy", true),
    /** Root of the weighted mean squared error; less is better. */
    RMSE("rmse", false);

    private final String label;
    private final boolean moreIsBetter;

    Score(String label, boolean moreIsBetter) {
        this.label = label;
        this.moreIsBetter = moreIsBetter;
    }

    /** Its name in metrics files. */
    public String label() {
        return label;
    }

    /** Whether a larger figure is better. */
    public boolean moreIsBetter() {
        return moreIsBetter;
    }

    /** The figure for a sum over rows. */
    public double of(LossSum sum) {
        double mean = sum.score() / sum.scoreWeight();
        return this == RMSE ? Math.sqrt(mean) : mean;
    }
}
