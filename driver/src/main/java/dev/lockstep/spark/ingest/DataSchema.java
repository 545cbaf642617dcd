package dev.lockstep.spark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.config.SourceSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The interpretation of training data: kept with a model, so that other rows are understood the same way.
 *
 * @param source the training data as the job file describes them
 * @param shape shape of a row's features
 * @param featureColumns names (or numbers, where columns have no names) of the columns that the features come from, in
 *     order; empty if features are known by their place alone (idx, LibSVM)
 * @param labelColumns the columns of what is to be predicted; empty if it has no column of its own
 * @param targets what is to be predicted
 * @param classes how many classes there are; 0 for values; as many as have names unless given
 * @param classNames names of the classes in the order of their indexes; none if they are called by their index
 * @param encoding how the cells of the features' columns become numbers; null if they are numbers. A model keeps it
 *     apart from the rest
 */
public record DataSchema(
        SourceSpec source,
        Shape shape,
        List<String> featureColumns,
        List<String> labelColumns,
        Targets targets,
        Integer classes,
        @Nullable List<String> classNames,
        @Nullable RowEncoding encoding) {
    /** Takes copies. */
    public DataSchema {
        featureColumns = featureColumns == null ? List.of() : List.copyOf(featureColumns);
        labelColumns = labelColumns == null ? List.of() : List.copyOf(labelColumns);
        if (classes == null) {
            classes = classNames == null ? 0 : classNames.size();
        }
        classNames = classNames == null ? null : List.copyOf(classNames);
    }

    /** Columns of numbers. */
    public DataSchema(
            SourceSpec source,
            Shape shape,
            List<String> featureColumns,
            List<String> labelColumns,
            Targets targets,
            Integer classes,
            @Nullable List<String> classNames) {
        this(source, shape, featureColumns, labelColumns, targets, classes, classNames, null);
    }

    /** The same with another encoding. */
    public DataSchema encodedBy(@Nullable RowEncoding other) {
        return new DataSchema(source, shape, featureColumns, labelColumns, targets, classes, classNames, other);
    }

    /** As a model file has it. */
    public JsonNode toTree() {
        return SpecMapper.tree(encodedBy(null));
    }

    /**
     * How the rows were understood that a model was trained on. One that was trained elsewhere does not know: its
     * features are all columns that have no other role, in their order.
     *
     * @throws IllegalArgumentException if rows of such a model have lengths, and nothing says in which column
     */
    public static DataSchema of(ModelDescription model) {
        return of(model, SourceSpec.ofPath("rows"));
    }

    /**
     * The same where a job describes rows for the model.
     *
     * @param described its training rows; read where the model does not know of any
     */
    public static DataSchema of(ModelDescription model, SourceSpec described) {
        if (model.source() != null) {
            return ofTree(model.source()).encodedBy(model.encoding());
        }
        if (model.lengths() && described.length() == null) {
            throw new IllegalArgumentException("the model does not say which column of its rows holds their lengths,"
                    + " nor how else its training rows were read (source in model.json is missing)");
        }
        Network network = Network.bind(model.model(), model.input());
        RowEncoding cells = model.cells();
        boolean classifies = model.targetNames(network).classes();
        int classes = classifies ? network.output().last() : 0;
        if (model.classes() != null) {
            classes = model.classes().size();
        }
        List<String> columns = cells == null
                ? List.of()
                : cells.columns().stream().map(RowEncoding.Column::name).toList();
        return new DataSchema(
                Sources.withFormat(described),
                model.input(),
                columns,
                model.targets() == null ? List.of() : model.targets(),
                classifies ? Targets.CLASS : Targets.VALUES,
                classes,
                model.classes(),
                model.encoding());
    }

    /** What {@link #toTree} wrote. */
    public static DataSchema ofTree(JsonNode tree) {
        return SpecMapper.bind(tree, DataSchema.class, "source");
    }
}
