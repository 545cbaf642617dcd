package dev.lockstep.spark.ingest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.lockstep.nn.loss.Loss.TargetColumn;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.config.Names;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The targets that a network predicts from a row.
 *
 * @param kind a class, or one or several numbers, of which some may be indexes of classes
 * @param columns which columns hold these, where the network's heads say so; empty: they do not
 */
public record Targets(Kind kind, List<TargetColumn> columns) {
    /** One of several classes: a label, packed as the index of its class. */
    public static final Targets CLASS = new Targets(Kind.CLASS, List.of());

    /** One or several numbers. */
    public static final Targets VALUES = new Targets(Kind.VALUES, List.of());

    /** Whether it is a class or not. */
    public enum Kind {
        /** See {@link Targets#CLASS}. */
        CLASS,
        /** See {@link Targets#VALUES}. */
        VALUES
    }

    /** Takes a copy. */
    public Targets {
        columns = List.copyOf(columns);
    }

    /** The columns of a network's heads, as a model file has them. */
    @JsonCreator
    public static Targets of(List<TargetColumn> columns) {
        return new Targets(Kind.VALUES, columns);
    }

    /**
     * Columns of classes, one for each step of a row.
     *
     * @param labels the columns
     * @param classes names of the classes, or how many there are
     */
    public static Targets ofSteps(Names labels, Names classes) {
        ClassIndex index = ClassIndex.given(classes);
        return of(labels.values().stream()
                .map(label -> new TargetColumn(label, index.count(), index.names()))
                .toList());
    }

    /** The kind, as a model file has it. */
    @JsonCreator
    public static Targets of(String kind) {
        for (Targets targets : List.of(CLASS, VALUES)) {
            if (targets.written().equals(kind)) {
                return targets;
            }
        }
        throw new IllegalArgumentException("expected class or values, got " + Excerpt.quoted(kind));
    }

    /** As a model file has it. */
    @JsonValue
    public Object written() {
        return columns.isEmpty() ? kind.name().toLowerCase(Locale.ROOT) : columns;
    }

    /** Whether each row has one label, which is a class. */
    public boolean isClass() {
        return kind == Kind.CLASS;
    }

    /** Names of the columns. */
    List<String> names() {
        return columns.stream().map(TargetColumn::name).toList();
    }

    /** For each of so many columns its classes; null where it holds a number. */
    @Nullable
    ClassIndex[] classes(int count) {
        ClassIndex[] classes = new ClassIndex[count];
        for (int i = 0; i < columns.size(); i++) {
            classes[i] = ClassIndex.of(columns.get(i));
        }
        return classes;
    }
}
