package dev.lockstep.spark.sync.allreduce;

import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.Exchange;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.nn.train.VectorSlices;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a rank alone has of the state during a round.
 *
 * @param slots the optimiser's slots of its slices, slice after slice, and in each slot after slot
 * @param residuals by shard; empty those of other ranks' shards; none where gradients are not kept back
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RankState(float[] slots, List<float[]> residuals) {
    private static final float[] NONE = new float[0];

    /**
     * Fetches it from the driver.
     *
     * @param number of the rank
     * @param slices of the round
     * @param parameters length of the parameter vector
     */
    public static RankState fetch(Site.Seat seat, int number, Rank rank, VectorSlices slices, int parameters) {
        int allSlots = rank.setup().update().slots() * parameters;
        float[] slots = new float[slices.ownedLength(number, allSlots)];
        slices.forEachOwned(number, allSlots, (from, at, length) -> seat.fetch(Section.SLOTS, from, slots, at, length));
        TrainingPlan plan = rank.setup().plan();
        int kept = plan.compression().keepsResiduals() ? plan.shards() : 0;
        List<float[]> residuals = new ArrayList<>(Collections.nCopies(kept, NONE));
        for (int shard = rank.fromShard(); shard < Math.min(rank.toShard(), kept); shard++) {
            float[] residual = new float[parameters];
            seat.fetch(Section.RESIDUALS, (long) shard * parameters, residual, 0, parameters);
            residuals.set(shard, residual);
        }
        return new RankState(slots, residuals);
    }

    /** Returns it to the driver, with the rank's slices of the parameters; of the first rank also the buffers. */
    public void give(Site.Seat seat, int number, Rank rank, Exchange exchange) {
        VectorSlices slices = exchange.slices();
        Parameters parameters = exchange.parameters();
        int count = parameters.theta().length;
        slices.forEachOwned(
                number,
                count,
                (from, at, length) -> seat.give(Section.PARAMETERS, from, parameters.theta(), from, length));
        slices.forEachOwned(
                number,
                rank.setup().update().slots() * count,
                (from, at, length) -> seat.give(Section.SLOTS, from, slots, at, length));
        if (number == 0) {
            seat.give(Section.BUFFERS, 0, parameters.buffers(), 0, parameters.buffers().length);
        }
        for (int shard = rank.fromShard(); shard < Math.min(rank.toShard(), residuals.size()); shard++) {
            seat.give(Section.RESIDUALS, (long) shard * count, residuals.get(shard), 0, count);
        }
    }
}
