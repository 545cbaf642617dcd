package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.RowRules;
import dev.lockstep.spark.config.SplitSpec;
import dev.lockstep.spark.ingest.Source;
import dev.lockstep.spark.ingest.SourceDescription;
import java.util.Objects;
import java.util.function.Function;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Training rows, loaded, and how they are split. Where a hash alone makes a share that is far from the one asked for,
 * as few rows differ, the nearest share that equal rows allow is taken instead.
 *
 * @param rows the rows
 * @param rules what they hold for the network
 * @param split which of them are set aside; null: none
 * @param cells what the cells of columns with types hold; null where they have none, or their encoding is known
 */
record SplitRows(
        LoadedRows rows,
        RowRules rules,
        @Nullable Split split,
        @Nullable CellProfiles cells) implements AutoCloseable {
    /**
     * Loads the rows of a source.
     *
     * @param split which of them are to be set aside; null: none
     * @param needed what rows must hold, once it is known what they are
     */
    static SplitRows read(
            SparkSession spark, Source source, @Nullable Split split, Function<SourceDescription, RowRules> needed) {
        ColumnFit.Fit fit = ColumnFit.fit(spark, source, split);
        if (!fit.far()) {
            SplitRows first = load(spark, source, fit, split, needed);
            if (split == null || split.rule() != null || !first.isFar(split)) {
                return first;
            }
            first.close();
        }
        Split nearest = nearest(spark, source, Objects.requireNonNull(split));
        return load(spark, source, ColumnFit.fit(spark, source, nearest), nearest, needed);
    }

    /**
     * What the rows of a source are, with the encoding of their cells where columns have types.
     *
     * @param split which of them are set aside; null: none
     */
    static SourceDescription describe(SparkSession spark, Source source, @Nullable Split split) {
        ColumnFit.Fit fit = ColumnFit.fit(spark, source, split);
        if (!fit.far()) {
            return fit.description();
        }
        Split nearest = nearest(spark, source, Objects.requireNonNull(split));
        return ColumnFit.fit(spark, source, nearest).description();
    }

    private static Split nearest(SparkSession spark, Source source, Split split) {
        SplitSpec spec = new SplitSpec(split.fraction(), null, null, false, null, null);
        SplitRule rule = SplitCount.of(spark, source, new SplitRule(spec, split.hashSeed()));
        return new Split(split.fraction(), split.hashSeed(), rule);
    }

    private static SplitRows load(
            SparkSession spark,
            Source source,
            ColumnFit.Fit fit,
            @Nullable Split split,
            Function<SourceDescription, RowRules> needed) {
        RowRules rules = needed.apply(fit.description());
        return new SplitRows(
                LoadedRows.load(spark, source, fit.description(), rules, split), rules, split, fit.cells());
    }

    private boolean isFar(Split decided) {
        long[] sides = rows.sides();
        return decided.isFar(sides[0], sides[1]);
    }

    @Override
    public void close() {
        rows.close();
    }
}
