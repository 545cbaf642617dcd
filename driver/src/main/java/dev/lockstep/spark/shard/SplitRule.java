package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.KeyCounts;
import dev.lockstep.nn.data.column.CellException;
import dev.lockstep.nn.data.column.CellKey;
import dev.lockstep.spark.config.SplitSpec;
import dev.lockstep.spark.ingest.RawRow;
import dev.lockstep.spark.ingest.RowException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which rows are set aside, by counts of all rows: each has a key (a hash of its features, of the name of its group, or
 * its time), and the keys are cut where the parts come nearest to the shares that are asked for, in each class by
 * itself if so wanted.
 */
final class SplitRule implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The one stratum of rows that are not stratified. */
    private static final String ALL = "";

    private final SplitSpec spec;
    private final long hashSeed;
    private final HashMap<String, long[]> cuts = new HashMap<>();
    private int distinct;

    /** A rule whose cuts are not known yet. */
    SplitRule(SplitSpec spec, long hashSeed) {
        this.spec = spec;
        this.hashSeed = hashSeed;
    }

    /** The rule with cuts that follow from the counts of each stratum. */
    static SplitRule of(SplitRule blank, Map<String, KeyCounts> counts) {
        SplitRule rule = new SplitRule(blank.spec, blank.hashSeed);
        counts.forEach((stratum, keys) -> {
            rule.cuts.put(stratum, keys.cuts(!rule.spec.stratify(), rule.shares()));
            rule.distinct += keys.distinct();
        });
        return rule;
    }

    private double[] shares() {
        Integer folds = spec.folds();
        if (folds != null) {
            return IntStream.range(1, folds)
                    .mapToDouble(i -> (double) i / folds)
                    .toArray();
        }
        double fraction = fraction();
        return new double[] {spec.time() == null ? fraction : 1 - fraction};
    }

    /** About which part of the rows is set aside. */
    double fraction() {
        Integer folds = spec.folds();
        return spec.fraction() != null ? spec.fraction() : 1.0 / (folds == null ? 1 : folds);
    }

    /** The seed of the hash. */
    long hashSeed() {
        return hashSeed;
    }

    /** Whether rows are distinguished by their features. */
    boolean readsFeatures() {
        return spec.column() == null;
    }

    /** What a row is counted under. */
    String stratum(RawRow row) {
        return spec.stratify() ? row.label() : ALL;
    }

    /**
     * A row's key.
     *
     * @param contentHash the hash of what it is predicted from
     */
    long key(RawRow row, long contentHash) throws RowException {
        try {
            if (spec.group() != null) {
                return CellKey.ofName(row.splitCell(), hashSeed);
            }
            return spec.time() != null ? CellKey.ofTime(row.splitCell()) : contentHash >>> 1;
        } catch (CellException e) {
            throw new RowException("column \"" + spec.column() + "\"", e.complaint());
        }
    }

    /** Whether a row is set aside. */
    boolean setsAside(RawRow row, long contentHash) throws RowException {
        long @Nullable [] own = cuts.get(stratum(row));
        int part = own == null ? 0 : KeyCounts.part(own, key(row, contentHash));
        Integer fold = spec.fold();
        return part == (fold != null ? fold : spec.time() != null ? 1 : 0);
    }

    /** Why the share is not what was asked for. */
    String why() {
        String what = spec.group() != null ? "groups" : spec.time() != null ? "times" : "rows";
        String apart = what.equals("rows") ? "rows that differ in their features" : what + " that differ";
        return apart + ": " + distinct + ", and what is equal stays together";
    }
}
