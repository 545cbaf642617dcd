package dev.lockstep.nn.train;

import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.EpochOrder;
import dev.lockstep.nn.optim.Horizon;
import dev.lockstep.nn.spec.Expect;
import java.io.Serializable;

/**
 * How rows become steps, in the order of {@link EpochOrder}.
 *
 * @param seed the job's seed
 * @param shards number of shards {@code S}
 * @param rows number of training rows {@code N} over all shards
 * @param rowWeight what these rows weigh together: a row of weight 3 is three rows
 * @param batchSize rows per step {@code B} over all shards
 * @param epochs how often training uses each row
 * @param augmentation random changes to the images of a step
 * @param compression what is done to the gradient sums of shards
 */
public record TrainingPlan(
        long seed,
        int shards,
        long rows,
        double rowWeight,
        int batchSize,
        int epochs,
        Augmentation augmentation,
        Compression compression)
        implements Serializable {
    public TrainingPlan {
        Expect.atLeast("shards", shards, 1);
        Expect.atLeast("rows", rows, 1);
        Expect.positive("rowWeight", rowWeight);
        Expect.atLeast("batchSize", batchSize, 1);
        Expect.atLeast("epochs", epochs, 1);
        Expect.present("augmentation", augmentation);
        Expect.present("compression", compression);
    }

    /** A plan for rows of weight 1 that takes rows and gradients as they are. */
    public TrainingPlan(long seed, int shards, long rows, int batchSize, int epochs) {
        this(seed, shards, rows, rows, batchSize, epochs, Augmentation.NONE, new Compression.None());
    }

    /** The same for rows that weigh something else together. */
    public TrainingPlan withRowWeight(double weight) {
        return new TrainingPlan(seed, shards, rows, weight, batchSize, epochs, augmentation, compression);
    }

    /** Steps in an epoch. */
    public long stepsPerEpoch() {
        return EpochOrder.steps(rows, batchSize);
    }

    /** The length of the training, for schedules. */
    public Horizon horizon() {
        return new Horizon(stepsPerEpoch(), stepsPerEpoch() * epochs);
    }

    /** The most rows that a shard of {@code shardRows} rows supplies to one step. */
    public int maxRowsPerStep(int shardRows) {
        return EpochOrder.mostRows(stepsPerEpoch(), shardRows);
    }
}
