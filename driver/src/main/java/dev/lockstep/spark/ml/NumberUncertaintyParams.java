package dev.lockstep.spark.ml;

import java.io.Serializable;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** The Params of {@link NeuralNetworkNumberUncertainty}, as one stage owns them. */
final class NumberUncertaintyParams implements Serializable {
    private static final long serialVersionUID = 1L;

    final Param<String> standardDeviationCol;
    final Param<String> aleatoricDeviationCol;
    final Param<String> epistemicDeviationCol;
    final Param<String> lower95Col;
    final Param<String> upper95Col;

    NumberUncertaintyParams(Params owner) {
        standardDeviationCol = new Param<>(
                owner,
                "standardDeviationCol",
                "column of the standard deviation of the prediction. Empty: not written");
        aleatoricDeviationCol = new Param<>(
                owner,
                "aleatoricDeviationCol",
                "column of the aleatoric part of the deviation, the noise of the targets. Empty: not written");
        epistemicDeviationCol = new Param<>(
                owner,
                "epistemicDeviationCol",
                "column of the epistemic part of the deviation, which more data would reduce. Empty: not written");
        lower95Col = new Param<>(
                owner, "lower95Col", "column of the lower end of the 95 % credible interval. Empty: not written");
        upper95Col = new Param<>(
                owner, "upper95Col", "column of the upper end of the 95 % credible interval. Empty: not written");
    }

    /** To be called when the owner has all its Params. */
    void setDefaults(Params owner) {
        owner.setDefault(standardDeviationCol, "");
        owner.setDefault(aleatoricDeviationCol, "");
        owner.setDefault(epistemicDeviationCol, "");
        owner.setDefault(lower95Col, "");
        owner.setDefault(upper95Col, "");
    }
}
