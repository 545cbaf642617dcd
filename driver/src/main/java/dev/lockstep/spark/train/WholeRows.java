package dev.lockstep.spark.train;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.model.Network;
import dev.lockstep.spark.shard.ShardedData;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What it means for a job that its rows are mostly 0, but that a step has to make them whole. */
final class WholeRows {
    private WholeRows() {}

    /**
     * Says it, or refuses what cannot be.
     *
     * @param rows the training rows
     * @param batchSize rows of a step
     * @param memory bytes of the one process in which all ranks run; {@code Long.MAX_VALUE}: there are several
     * @param notices receives what it costs
     * @throws IllegalArgumentException if the rows of a step do not fit into the memory
     */
    static void check(
            Network network, Scaling scaling, ShardedData rows, int batchSize, long memory, Consumer<String> notices) {
        RowLayout layout = rows.layout();
        String cause = cause(network, scaling);
        if (cause == null || !layout.allowsEntries() || !rows.isSparse()) {
            return;
        }
        long count = Math.min(batchSize, rows.rows());
        long bytes = count * layout.features().size() * Float.BYTES;
        String cost = count + " rows of " + layout.features().size() + " features take " + megabytes(bytes);
        if (bytes > memory) {
            throw new IllegalArgumentException(
                    cause + ", so the rows of a step, which are mostly 0, would become dense: "
                            + cost + ", and the process has " + megabytes(memory) + "; a smaller"
                            + " train.batchSize needs less");
        }
        notices.accept(cause + ", so the rows of a step, which are mostly 0, become dense: " + cost);
    }

    /** Why rows cannot be read as entries; null if they can. */
    private static @Nullable String cause(Network network, Scaling scaling) {
        if (!network.readsEntries()) {
            return "model.layers: the first layer is " + network.layers().get(0).name()
                    + ", but only dense reads sparse" + " rows";
        }
        return scaling.keepsZeros() ? null : "data.scale moves 0 ({divide: ...} does not)";
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%,d MB", bytes >> 20);
    }
}
