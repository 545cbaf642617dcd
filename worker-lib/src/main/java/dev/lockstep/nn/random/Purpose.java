package dev.lockstep.nn.random;

/**
 * The purpose of a random stream. Streams of different purposes are independent even where all other parts of their
 * keys are equal. The numbers are part of the model's bits: a new purpose gets a new number, an old one keeps its.
 */
public enum Purpose {
    /** Initial parameters of a layer. */
    INITIAL_WEIGHTS(1),
    /** Dropout masks, in training and in Monte Carlo prediction. */
    DROPOUT(2),
    /** The order of a shard's blocks in an epoch. */
    EPOCH_BLOCKS(3),
    /** The order of the rows inside a window of blocks. */
    EPOCH_ROWS(4),
    /** Noise of variational layers in training. */
    VARIATIONAL(5),
    /** Random changes to a row's features. */
    AUGMENT(6),
    /** Division of rows between training and validation. */
    SPLIT(7),
    /** Differences between the members of an ensemble. */
    ENSEMBLE(8),
    /** Seeds derived from a job's seed, for example that of the canonical order of rows. */
    DERIVED_SEED(9),
    /** Weights that a predictive sample draws from their distributions. */
    PREDICTIVE_WEIGHTS(10),
    /** Symbols that are generated. */
    GENERATED(11),
    /** Cells of a column that are exchanged between rows, to see what they are worth. */
    PERMUTED_COLUMN(12),
    /** Noise that makes the weights of steps samples of their posterior. */
    LANGEVIN(13);

    private final int number;

    Purpose(int number) {
        this.number = number;
    }

    /** Returns the number that enters the key; never changes once released. */
    public int number() {
        return number;
    }
}
