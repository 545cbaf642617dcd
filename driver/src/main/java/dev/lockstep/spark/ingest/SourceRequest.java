package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.column.ColumnsSpec;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.config.OnError;
import dev.lockstep.spark.config.SourceSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for rows of a source.
 *
 * @param spec as the job file has it; what it leaves out is as in training
 * @param role what the rows are for
 * @param targets what is to be predicted
 * @param known how the training data were understood; null for the training data themselves
 * @param columns the types of the columns of training data; null: all are numbers, or the types are known
 * @param nulls texts that stand for missing cells where columns have types; null: what is usual
 * @param onError what to do with rows that cannot be used
 * @param splitColumn the column that decides which rows are set aside; null: none does
 */
public record SourceRequest(
        SourceSpec spec,
        Role role,
        Targets targets,
        @Nullable DataSchema known,
        @Nullable ColumnsSpec columns,
        @Nullable List<String> nulls,
        OnError onError,
        @Nullable String splitColumn) {

    /** The use of rows. */
    public enum Role {
        /** To train on. */
        TRAIN,
        /** To decide by while training. */
        VALIDATION,
        /** To measure the trained model on. */
        TEST
    }

    /** The rows to train on. */
    public static SourceRequest training(SourceSpec spec, Targets targets) {
        return new SourceRequest(spec, Role.TRAIN, targets, null, null, null, OnError.FAIL, null);
    }

    /** The same for columns that have types. */
    public SourceRequest typed(@Nullable ColumnsSpec types, @Nullable List<String> missing) {
        return new SourceRequest(spec, role, targets, known, types, missing, onError, splitColumn);
    }

    /** Rows that are understood as the training rows were. */
    public static SourceRequest like(DataSchema known, SourceSpec spec, Role role) {
        return new SourceRequest(spec, role, known.targets(), known, null, null, OnError.FAIL, null);
    }

    /** The same, with something else to do about rows that cannot be used. */
    public SourceRequest onError(OnError other) {
        return new SourceRequest(spec, role, targets, known, columns, nulls, other, splitColumn);
    }

    /** The same with a column that decides which rows are set aside; null: none does. */
    public SourceRequest splitBy(@Nullable String column) {
        return new SourceRequest(spec, role, targets, known, columns, nulls, onError, column);
    }

    /** What errors call the source. */
    String name() {
        return spec.path();
    }

    /** The same request for a spec that says all there is to say. */
    SourceRequest completed(SourceSpec completed) {
        return new SourceRequest(completed, role, targets, known, columns, nulls, onError, splitColumn);
    }

    /** Whether the columns have types. */
    boolean isTyped() {
        return columns != null || encoding() != null;
    }

    /** How the cells of typed columns become features, as far as that is known. */
    @Nullable
    RowEncoding encoding() {
        return known == null ? null : known.encoding();
    }

    /**
     * The shape of a row's features.
     *
     * @param natural the one they have where the job file gives none
     * @throws IngestException if they cannot have the shape that was given, or the training rows'
     */
    Shape shape(Shape natural) {
        Shape shape = spec.shape();
        if (shape == null) {
            shape = known == null ? natural : known.shape();
        }
        if (shape.size() != natural.size()) {
            throw new IngestException(name() + ": expected " + shape.size() + " features for the shape " + shape
                    + ", got " + natural.size());
        }
        if (known != null && !shape.equals(known.shape())) {
            throw new IngestException(
                    name() + ": expected rows of shape " + known.shape() + " as in training, got " + shape);
        }
        return shape;
    }
}
