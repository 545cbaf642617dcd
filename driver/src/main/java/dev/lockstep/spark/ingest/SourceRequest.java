package dev.lockstep.spark.ingest;

import dev.lockstep.spark.config.SourceSpec;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is asked of a source.
 *
 * @param spec as the job file has it, with what it leaves out taken from the training data's
 * @param role what the rows are for
 * @param targets what is to be predicted
 * @param known the training data's columns; null for the training data itself
 */
record SourceRequest(SourceSpec spec, Role role, Targets targets, DataSchema known) {

    /** What rows are for. */
    enum Role {
        TRAIN,
        VALIDATION,
        TEST
    }

    /**
     * Which columns of a table serve as what.
     *
     * @param features numbers of the columns of the features
     * @param labels numbers of the columns of what is to be predicted
     * @param weight number of the column of weights, or -1
     * @param length number of the column of the valid steps, or -1
     */
    record Roles(List<Integer> features, List<Integer> labels, int weight, int length) {
        /** All columns that serve as something. */
        Set<Integer> all() {
            Set<Integer> all = new TreeSet<>(features);
            all.addAll(labels);
            all.add(weight);
            all.add(length);
            all.remove(-1);
            return all;
        }
    }

    /** Finds the columns. */
    Roles resolve(Columns columns) {
        List<Integer> labels = columns.findAll(labelReferences(columns), "label");
        if (targets == Targets.CLASS && labels.size() != 1) {
            throw new IngestException(
                    columns.source() + ": expected one label column for a class, got " + spec.label());
        }
        int weight = spec.weight() == null ? -1 : columns.find(spec.weight(), "weight");
        int length = spec.length() == null ? -1 : columns.find(spec.length(), "length");
        List<Integer> features;
        if (spec.features() != null) {
            features = columns.findAll(spec.features().values(), "features");
        } else if (known != null && !known.featureColumns().isEmpty()) {
            features = columns.findAll(known.featureColumns(), "features");
        } else {
            Set<Integer> others = new TreeSet<>(labels);
            others.add(weight);
            others.add(length);
            features = columns.allBut(others);
        }
        if (features.isEmpty()) {
            throw new IngestException(columns.source() + ": no column is left for the features");
        }
        Roles roles = new Roles(features, labels, weight, length);
        columns.checkNamedOnce(roles.all());
        checkApart(columns, roles);
        return roles;
    }

    /**
     * Columns that are something else are no features. A label among them is the answer; only where all features are
     * labels, as an autoencoder's are, is there something to learn from them.
     */
    private void checkApart(Columns columns, Roles roles) {
        boolean autoencoder = targets == Targets.VALUES && roles.labels().containsAll(roles.features());
        if (!autoencoder) {
            roles.labels().forEach(label -> checkNoFeature(columns, roles, label, "label"));
        }
        checkNoFeature(columns, roles, roles.weight(), "weight");
        checkNoFeature(columns, roles, roles.length(), "length");
    }

    private static void checkNoFeature(Columns columns, Roles roles, int column, String role) {
        if (roles.features().contains(column)) {
            throw new IngestException(columns.source() + ": "
                    + Columns.called(columns.names().get(column)) + " is the " + role + " and among the features too");
        }
    }

    private List<String> labelReferences(Columns columns) {
        if (spec.label() != null) {
            return spec.label().values();
        }
        if (known != null && !known.labelColumns().isEmpty()) {
            return known.labelColumns();
        }
        throw new IngestException(columns.source() + ": which column is the label? label names it");
    }
}
