package dev.lockstep.nn.io;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.loss.TargetNames;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Spread;
import dev.lockstep.nn.param.Spread.Form;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of {@code model.json}: everything about a model except its numbers.
 *
 * @param formatVersion version of this file's format; {@link #FORMAT_VERSION}
 * @param lockstepVersion the version of Lockstep that wrote it
 * @param model the network
 * @param input shape of a row of features
 * @param scaling what is done to features before the network sees them; nothing unless given
 * @param seed the job's seed, which random streams at prediction time depend on
 * @param classes names of the classes in the order of their indexes; none where the target is numbers
 * @param targets names of the columns that are predicted; none if they have no names
 * @param features names (or numbers from 0) of the columns of the features, in order; none if they have no names
 * @param source how the training rows were described, as the reader of rows wrote it; none if they came from elsewhere
 * @param encoding how the cells of the columns become features; none if each is a number and a feature as it is
 * @param lengths whether rows say behind their features how many of their steps are valid; not unless given
 * @param decision how outputs become probabilities and classes, where that was fitted
 * @param posterior how the parameters are distributed; not unless given
 * @param sha256 see {@link ModelFiles#sha256}; ties the weights to this file
 */
public record ModelDescription(
        @JsonProperty(required = true) Integer formatVersion,
        @JsonProperty(required = true) String lockstepVersion,
        @JsonProperty(required = true) ModelSpec model,
        @JsonProperty(required = true) Shape input,
        Scaling scaling,
        Long seed,
        @Nullable List<String> classes,
        @Nullable List<String> targets,
        @Nullable List<String> features,
        @Nullable JsonNode source,
        @Nullable RowEncoding encoding,
        Boolean lengths,
        @Nullable Decision decision,
        @Nullable Form posterior,
        @JsonProperty(required = true) String sha256) {
    /** The format that this version writes and reads. */
    public static final int FORMAT_VERSION = 1;

    /** Checks. */
    public ModelDescription {
        Expect.present("model", model);
        Expect.present("input", input);
        scaling = (scaling == null ? Scaling.NONE : scaling).checkedFor(input);
        seed = seed == null ? 0 : seed;
        classes = classes == null ? null : List.copyOf(classes);
        targets = targets == null ? null : List.copyOf(targets);
        features = features == null ? null : List.copyOf(features);
        if (encoding != null && encoding.width() != input.size()) {
            throw new IllegalArgumentException("encoding: expected columns of " + input.size()
                    + " features together, as the input has, got " + encoding.width());
        }
        lengths = lengths != null && lengths;
    }

    /**
     * A description in the current format by the current version.
     *
     * @param columns the table it was trained on
     * @param learned what it has learned; read
     */
    public static ModelDescription of(
            ModelSpec model, Shape input, Scaling scaling, long seed, Columns columns, Parameters learned) {
        Spread spread = learned.spread();
        return new ModelDescription(
                FORMAT_VERSION,
                LockstepVersion.current(),
                model,
                input,
                scaling,
                seed,
                columns.classes(),
                columns.targets(),
                columns.features(),
                columns.source(),
                columns.encoding(),
                columns.lengths(),
                null,
                spread == null ? null : spread.form(),
                ModelFiles.sha256(learned));
    }

    /** The same with a decision that was fitted. */
    ModelDescription with(Decision fitted) {
        return new ModelDescription(
                formatVersion,
                lockstepVersion,
                model,
                input,
                scaling,
                seed,
                classes,
                targets,
                features,
                source,
                encoding,
                lengths,
                fitted.equals(Decision.PLAIN) ? null : fitted,
                posterior,
                sha256);
    }

    /** How outputs become probabilities and classes. */
    public Decision decided() {
        return decision == null ? Decision.PLAIN : decision;
    }

    /**
     * How the cells of a row become its features: as they were encoded, or as they are where each column is a number;
     * null where the features have no columns.
     */
    public @Nullable RowEncoding cells() {
        if (encoding != null || lengths || features == null || features.size() != input.size()) {
            return encoding;
        }
        return RowEncoding.ofNumbers(features);
    }

    /**
     * What the targets are called.
     *
     * @param network the description's network
     */
    public TargetNames targetNames(Network network) {
        int columns = targets == null ? network.likelihood().targets(network.output()) : targets.size();
        boolean isClass = classes != null || network.likelihood().classifies(columns);
        return new TargetNames(isClass, classes, targets == null ? List.of() : targets);
    }

    /**
     * The table on which a model was trained; see the components of the same name of {@link ModelDescription}.
     *
     * @param classes names of the classes
     * @param targets columns that are predicted
     * @param features columns of the features
     * @param source how the rows were described
     * @param encoding how their cells become features
     * @param lengths whether rows say how many of their steps are valid
     */
    public record Columns(
            @Nullable List<String> classes,
            @Nullable List<String> targets,
            @Nullable List<String> features,
            @Nullable JsonNode source,
            @Nullable RowEncoding encoding,
            boolean lengths) {
        /** Knows nothing. */
        public static final Columns NONE = new Columns(null, null, null, null);

        /** Columns of numbers, each a feature as it is. */
        public Columns(
                @Nullable List<String> classes,
                @Nullable List<String> targets,
                @Nullable List<String> features,
                @Nullable JsonNode source) {
            this(classes, targets, features, source, null, false);
        }
    }
}
