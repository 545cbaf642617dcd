package dev.lockstep.nn.layer;

import dev.lockstep.nn.spec.SpecName;
import java.util.Objects;

/** A layer with weights of its own, which may be distributions ({@link Variational}). */
public sealed interface LayerWithWeights extends LayerSpec
        permits LinearMap.Spec, RecurrentSpec, Bidirectional, Embedding, ColumnEmbeddings {

    /** Name of the layer's kind. */
    default String kind() {
        return Objects.requireNonNull(getClass().getAnnotation(SpecName.class)).value();
    }
}
