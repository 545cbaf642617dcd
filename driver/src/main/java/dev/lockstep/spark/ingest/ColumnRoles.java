package dev.lockstep.spark.ingest;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which columns of a table serve as what.
 *
 * @param features numbers of the columns of the features
 * @param labels numbers of the columns of what is to be predicted
 * @param weight number of the column of weights, or -1
 * @param length number of the column of the valid steps, or -1
 * @param split number of the column that decides which rows are set aside, or -1; it may be a feature too
 */
record ColumnRoles(List<Integer> features, List<Integer> labels, int weight, int length, int split)
        implements Serializable {
    /**
     * Finds the columns that a request means.
     *
     * @throws IngestException if a column does not exist, or one serves as two things
     */
    static ColumnRoles of(SourceRequest request, Columns columns) {
        List<Integer> labels = columns.findAll(labelReferences(request, columns), "label");
        if (request.targets().isClass() && labels.size() != 1) {
            throw new IngestException(columns.source() + ": expected one label column for a class, got "
                    + request.spec().label() + "; with classes, label columns are the classes of a row's steps");
        }
        List<String> heads = request.targets().names();
        if (!heads.isEmpty() && heads.size() != labels.size()) {
            throw new IngestException(columns.source() + ": expected " + heads.size() + " label columns, those of the"
                    + " model's heads " + heads + ", got " + request.spec().label());
        }
        String weightReference = request.spec().weight();
        String lengthReference = request.spec().length();
        int weight = weightReference == null ? -1 : columns.find(weightReference, "weight");
        int length = lengthReference == null ? -1 : columns.find(lengthReference, "length");
        String splitReference = request.splitColumn();
        int split = splitReference == null ? -1 : columns.find(splitReference, "validation rows");
        Set<Integer> others = new TreeSet<>(labels);
        others.addAll(List.of(weight, length, split));
        List<Integer> features = features(request, columns, others);
        if (features.isEmpty()) {
            throw new IngestException(columns.source() + ": no column is left for the features");
        }
        ColumnRoles roles = new ColumnRoles(features, labels, weight, length, split);
        columns.checkNamedOnce(roles.all());
        roles.checkApart(columns, request.targets());
        return roles;
    }

    private static List<String> labelReferences(SourceRequest request, Columns columns) {
        DataSchema known = request.known();
        if (request.spec().label() != null) {
            return request.spec().label().values();
        }
        if (known != null && !known.labelColumns().isEmpty()) {
            return known.labelColumns();
        }
        if (!request.targets().names().isEmpty()) {
            return request.targets().names();
        }
        throw new IngestException(columns.source() + ": no label column: set label");
    }

    /** @param others columns that are no features unless they are named */
    private static List<Integer> features(SourceRequest request, Columns columns, Set<Integer> others) {
        DataSchema known = request.known();
        if (request.columns() != null) {
            return columns.findAll(List.copyOf(request.columns().byName().keySet()), ColumnTypes.ROLE);
        }
        if (request.spec().features() != null) {
            return columns.findAll(request.spec().features().values(), "features");
        }
        if (known != null && !known.featureColumns().isEmpty()) {
            return columns.findAll(known.featureColumns(), "features");
        }
        return columns.allBut(others);
    }

    /** All columns that serve as something. */
    private Set<Integer> all() {
        Set<Integer> all = new TreeSet<>(features);
        all.addAll(labels);
        all.add(weight);
        all.add(length);
        all.add(split);
        all.remove(-1);
        return all;
    }

    /**
     * Columns that are something else are no features. A label among them is the answer; only where all features are
     * labels, as an autoencoder's are, is there something to learn from them.
     */
    private void checkApart(Columns columns, Targets targets) {
        boolean autoencoder = !targets.isClass() && labels.containsAll(features);
        if (!autoencoder) {
            labels.forEach(label -> checkNoFeature(columns, label, "label"));
        }
        checkNoFeature(columns, weight, "weight");
        checkNoFeature(columns, length, "length");
    }

    private void checkNoFeature(Columns columns, int column, String role) {
        if (features.contains(column)) {
            throw new IngestException(columns.source() + ": "
                    + Columns.called(columns.names().get(column)) + " is the " + role + " and also a feature");
        }
    }

    /** The numbers of some columns, for inner loops. */
    static int[] numbers(List<Integer> columns) {
        return columns.stream().mapToInt(column -> column).toArray();
    }
}
