package dev.lockstep.spark.ml;

import java.io.Serializable;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** The Params of {@link NeuralNetworkClassUncertainty}, as one stage owns them. */
final class ClassUncertaintyParams implements Serializable {
    private static final long serialVersionUID = 1L;

    final Param<String> entropyCol;
    final Param<String> mutualInformationCol;

    ClassUncertaintyParams(Params owner) {
        entropyCol = new Param<>(
                owner,
                "entropyCol",
                "column of the entropy of the probabilities in nats; needs samples or an ensemble. Empty: not written");
        mutualInformationCol = new Param<>(
                owner,
                "mutualInformationCol",
                "column of the epistemic part of the entropy, which more data would reduce; needs samples or an"
                        + " ensemble. Empty: not written");
    }

    /** To be called when the owner has all its Params. */
    void setDefaults(Params owner) {
        owner.setDefault(entropyCol, "");
        owner.setDefault(mutualInformationCol, "");
    }
}
