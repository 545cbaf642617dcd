package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.config.Names;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The kind of rows in a source, known before they are read.
 *
 * @param request what was asked for, completed
 * @param layout what a row holds
 * @param featureNames what errors call the features
 * @param featureColumns the columns of the features; empty if features are known by their place alone
 * @param labelColumns the columns of what is to be predicted; empty if it has no column of its own
 * @param stepClasses the classes of a source whose rows hold a class index for each step already; null where a row has
 *     one label, or values
 * @param types the types of the features' columns; null where each is a number and a feature as it is
 * @param encoding how the cells of columns with types become features; null where it is not known yet, and the shape of
 *     the features is not either
 * @param rowsCountWithinFile whether its cursors number rows within their file, not just within the piece they read
 */
public record SourceDescription(
        SourceRequest request,
        RowLayout layout,
        ValueNames featureNames,
        List<String> featureColumns,
        List<String> labelColumns,
        @Nullable List<String> stepClasses,
        @Nullable ColumnTypes types,
        @Nullable RowEncoding encoding,
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
                stepClasses(request),
                null,
                null,
                rowsCountWithinFile);
    }

    /** Names of the classes that the steps of a row have, where its label columns hold these. */
    private static @Nullable List<String> stepClasses(SourceRequest request) {
        Names given = request.spec().classes();
        if (request.targets().isClass() || request.targets().columns().isEmpty() || given == null) {
            return null;
        }
        ClassIndex classes = ClassIndex.given(given);
        return classes.names() == null
                ? IntStream.range(0, classes.count())
                        .mapToObj(Integer::toString)
                        .toList()
                : classes.names();
    }

    /** Rows of a table whose columns have types. */
    static SourceDescription ofTypes(
            SourceRequest request, Columns columns, ColumnRoles roles, boolean rowsCountWithinFile) {
        RowEncoding known = request.encoding();
        ColumnTypes types = known == null
                ? ColumnTypes.of(Objects.requireNonNull(request.columns()), request.nulls(), columns)
                : new ColumnTypes(columns.names(roles.features()), known.specs(), known.nulls());
        if (roles.length() >= 0) {
            throw new IngestException(request.name() + ": length is for sequences of numbers, not for columns with"
                    + " types (data.columns)");
        }
        RowLayout unknown = new RowLayout(
                Shape.of(roles.features().size()), Shape.of(roles.labels().size()), roles.weight() >= 0, false);
        SourceDescription description = new SourceDescription(
                request,
                unknown,
                ValueNames.ofColumns(types.names()),
                types.names(),
                columns.names(roles.labels()),
                null,
                types,
                null,
                rowsCountWithinFile);
        return known == null ? description : description.encodedBy(known);
    }

    /** The same rows, now that it is known how the cells of their columns become features. */
    public SourceDescription encodedBy(RowEncoding known) {
        RowLayout encoded =
                new RowLayout(request.shape(known.shape()), layout.target(), layout.weighted(), layout.sequences());
        return new SourceDescription(
                request,
                encoded,
                ValueNames.of(known),
                featureColumns,
                labelColumns,
                stepClasses,
                types,
                known,
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
        return new SourceDescription(
                request, layout, featureNames, List.of(), List.of(), null, null, null, rowsCountWithinFile);
    }

    /** What errors call the source. */
    public String name() {
        return request.name();
    }

    /** Whether each row has a label whose class is to be found. */
    public boolean labelled() {
        return request.targets().isClass() && stepClasses == null;
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
                classes == null ? stepClasses : classes.names(),
                encoding);
    }
}
