package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of a source are, known before they are read.
 *
 * @param request what was asked for, completed
 * @param layout what a row holds
 * @param featureNames what errors call the features
 * @param featureColumns the columns of the features; empty if features are known by their place alone
 * @param labelColumns the columns of what is to be predicted; empty if it has no column of its own
 * @param stepClasses the classes of a source whose rows hold a class index for each step already; null where a row has
 *     one label, or values
 * @param rowsCountWithinFile whether its cursors number rows within their file, not just within the piece they read
 */
public record SourceDescription(
        SourceRequest request,
        RowLayout layout,
        ValueNames featureNames,
        List<String> featureColumns,
        List<String> labelColumns,
        @Nullable List<String> stepClasses,
        boolean rowsCountWithinFile) {

    /**
     * Rows of a table.
     *
     * @param width how many features the columns hold
     * @param featureNames what errors call them
     */
    static SourceDescription ofColumns(
            SourceRequest request,
            Columns columns,
            ColumnRoles roles,
            int width,
            ValueNames featureNames,
            boolean rowsCountWithinFile) {
        RowLayout layout = new RowLayout(
                request.shape(Shape.of(width)),
                Shape.of(roles.labels().size()),
                roles.weight() >= 0,
                roles.length() >= 0);
        return new SourceDescription(
                request,
                layout,
                featureNames,
                columns.names(roles.features()),
                columns.names(roles.labels()),
                null,
                rowsCountWithinFile);
    }

    /**
     * Rows without columns, weights and lengths.
     *
     * @param features the shape that features have of themselves
     * @param featureNames what errors call the features
     * @param outputs how many values are to be predicted; 1 for a class
     */
    static SourceDescription ofPlaces(
            SourceRequest request, Shape features, ValueNames featureNames, int outputs, boolean rowsCountWithinFile) {
        RowLayout layout = new RowLayout(request.shape(features), Shape.of(outputs), false, false);
        return new SourceDescription(request, layout, featureNames, List.of(), List.of(), null, rowsCountWithinFile);
    }

    /** What errors call the source. */
    public String name() {
        return request.name();
    }

    /** Whether each row has a label whose class is to be found. */
    public boolean labelled() {
        return request.targets() == Targets.CLASS && stepClasses == null;
    }

    /** What errors call the targets. */
    public ValueNames targetNames() {
        return labelColumns.isEmpty() ? ValueNames.called("label") : ValueNames.ofColumns(labelColumns);
    }

    private int classCount() {
        return stepClasses == null ? 0 : stepClasses.size();
    }

    /**
     * How the rows were understood, to be kept with a model.
     *
     * @param classes those of the labels; null where rows have none
     */
    public DataSchema schema(@Nullable ClassIndex classes) {
        return new DataSchema(
                request.spec(),
                layout.features(),
                featureColumns,
                labelColumns,
                request.targets(),
                classes == null ? classCount() : classes.count(),
                classes == null ? stepClasses : classes.names());
    }
}
