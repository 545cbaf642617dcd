package dev.lockstep.spark.ml;

import org.apache.spark.ml.param.Param;

/**
 * Columns with the uncertainty of a class: columns for models that predict mixtures, by {@code samples} or as an
 * ensemble. Empty: not written.
 *
 * @param <S> the stage itself, which setters return
 */
public interface NeuralNetworkClassUncertainty<S> extends NeuralNetworkFeatureParams<S> {
    /** The Params below, as this stage owns them. */
    ClassUncertaintyParams classUncertaintyParams();

    /** Column of the entropy of the probabilities, in nats. */
    default Param<String> entropyCol() {
        return classUncertaintyParams().entropyCol;
    }

    /** See {@link #entropyCol}. */
    default String getEntropyCol() {
        return $(entropyCol());
    }

    /** Sets {@link #entropyCol}. */
    default S setEntropyCol(String column) {
        return with(entropyCol(), column);
    }

    /** Column of the epistemic part of the entropy. */
    default Param<String> mutualInformationCol() {
        return classUncertaintyParams().mutualInformationCol;
    }

    /** See {@link #mutualInformationCol}. */
    default String getMutualInformationCol() {
        return $(mutualInformationCol());
    }

    /** Sets {@link #mutualInformationCol}. */
    default S setMutualInformationCol(String column) {
        return with(mutualInformationCol(), column);
    }
}
