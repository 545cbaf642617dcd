package dev.lockstep.nn.layer;

import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import java.io.Serializable;
import java.util.Objects;

/**
 * The description of a layer, before it knows its input: an immutable description as it stands in job and model files.
 */
public sealed interface LayerSpec extends Serializable
        permits LayerSpec.LayerWithWeights,
                MaxPool1d,
                MaxPool2d,
                AveragePool1d,
                AveragePool2d,
                GlobalAveragePool,
                GlobalMaxPool,
                BatchNorm,
                LayerNorm,
                GroupNorm,
                Residual,
                Concat,
                Columns,
                Variational,
                VariationalDense,
                VariationalConv2d,
                Dropout,
                Flatten,
                Activation {

    /**
     * Fits the layer to its input.
     *
     * @param input shape of a row of the input
     * @param layout names the layer and reserves its parameters
     * @throws IllegalArgumentException if the input does not fit, naming the layer and both shapes
     */
    Layer bind(Shape input, ParameterLayout layout);

    /** The layer that this one is short for; itself unless it is short for another. */
    default LayerSpec longForm() {
        return this;
    }

    /**
     * Whether outputs of a step follow from that step and from the state that those before it have left, so that a
     * sequence can be read step by step (see {@link Pass#beginContinuation}).
     */
    default boolean readsStepByStep() {
        return false;
    }

    /** A layer with weights of its own, which may be distributions ({@link Variational}). */
    sealed interface LayerWithWeights extends LayerSpec
            permits LinearMap.Spec, RecurrentSpec, Bidirectional, Embedding, ColumnEmbeddings {

        /** Name of the layer's kind. */
        default String kind() {
            return Objects.requireNonNull(getClass().getAnnotation(SpecName.class))
                    .value();
        }
    }
}
