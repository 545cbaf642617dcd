package dev.lockstep.nn.posterior;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.optim.Horizon;
import dev.lockstep.nn.optim.WeightAverage;
import dev.lockstep.nn.param.Spread;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a training remembers of the weights of its steps, in slots beside those of the optimiser, so that it is divided,
 * averaged, kept in checkpoints and sent as they are: their average {@code a}, their variance {@code v} about it if
 * wanted, and the last ones that entered it. With {@code s} the step's share in the average,
 *
 * <pre>{@code
 * v = (1 - s) (v + s (theta - a)^2)
 * a = a + s (theta - a)
 * }</pre>
 *
 * @param average of the weights
 * @param variance whether their variance is remembered too
 * @param kept how many of the last ones are kept
 */
public record WeightTrace(WeightAverage average, boolean variance, int kept) implements Serializable {

    /** The average alone; null for none. */
    public static @Nullable WeightTrace of(@Nullable WeightAverage average) {
        return average == null ? null : new WeightTrace(average, false, 0);
    }

    /** Floats for each parameter. */
    public int slots() {
        return 1 + (variance ? 1 : 0) + kept;
    }

    /**
     * Remembers the weights of a step.
     *
     * @param step steps taken before it
     * @param theta read: {@code length} parameters from {@code from} on
     * @param slots updated: the slots of these parameters from {@code at} on, slot after slot
     */
    public void take(long step, Horizon horizon, float[] theta, int from, int length, float[] slots, int at) {
        float share = (float) average.share(step, horizon);
        if (share == 0) {
            return;
        }
        if (variance) {
            int place = at + length;
            for (int i = 0; i < length; i++) {
                float off = theta[from + i] - slots[at + i];
                slots[place + i] = (1 - share) * (slots[place + i] + share * (off * off));
            }
        }
        Kernels.get().elementwise().mergeMean(slots, at, theta, from, length, share);
        long taken = average.taken(step, horizon);
        if (kept > 0 && taken > 0) {
            int slot = slots() - kept + (int) ((taken - 1) % kept);
            System.arraycopy(theta, from, slots, at + slot * length, length);
        }
    }

    /**
     * The distribution of the weights: with a variance the Gaussian of Maddox et al. (2019), half of whose covariance
     * is {@code diag(v)} and half that of the {@code K} weights that were kept, {@code 1/(K-1) sum (theta_k -
     * a)(theta_k - a)^T}; otherwise the weights that were kept. Null if fewer than two were.
     *
     * @param steps how many have been taken
     * @param mean read: the average
     * @param slots read: those of all parameters from {@code at} on
     */
    public @Nullable Spread spread(long steps, Horizon horizon, float[] mean, float[] slots, int at) {
        int rank = steps == 0 ? 0 : (int) Math.min(kept, average.taken(steps - 1, horizon));
        if (rank < 2) {
            return null;
        }
        int length = mean.length;
        Spread.Draw draw = variance ? Spread.Draw.GAUSSIAN : Spread.Draw.KEPT;
        Spread.Form form = new Spread.Form(draw, List.of(new Spread.Block(0, length, rank, variance)));
        float[] values = new float[form.size()];
        int next = 0;
        if (variance) {
            for (int i = 0; i < length; i++) {
                values[next++] = (float) Math.sqrt(slots[at + length + i] / 2.0);
            }
        }
        int from = at + (slots() - kept) * length;
        double factor = variance ? 1 / Math.sqrt(2.0 * (rank - 1)) : 1;
        for (int i = 0; i < rank * length; i++) {
            values[next++] = (float) (factor * ((double) slots[from + i] - mean[i % length]));
        }
        return new Spread(form, values);
    }
}
