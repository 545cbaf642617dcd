package dev.lockstep.spark.ml;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/** The Params of {@link NeuralNetworkFeatureParams}, as one stage owns them. */
final class FeatureParams implements Serializable {
    private static final long serialVersionUID = 1L;

    final StringArrayParam featuresCols;
    final Param<String> handleInvalid;
    final IntParam inferBatchSize;
    final IntParam samples;
    final Param<String> attributionsCol;

    FeatureParams(Params owner) {
        featuresCols = new StringArrayParam(
                owner, "featuresCols", "several feature columns, in order, instead of featuresCol");
        handleInvalid = new Param<>(
                owner,
                "handleInvalid",
                "what to do with rows whose cells are missing or not finite: error, skip (leave them out), or keep"
                        + " (transform gives them null predictions, fit leaves them out)",
                ParamValidators.inArray(List.of("error", "skip", "keep")));
        inferBatchSize = new IntParam(
                owner,
                "inferBatchSize",
                "rows in one pass through the network in transform; changes the speed, never a prediction",
                ParamValidators.gtEq(1));
        samples = new IntParam(
                owner,
                "samples",
                "predictive samples in transform, for networks with dropout or distributions over weights; 0: nothing"
                        + " is random",
                ParamValidators.gtEq(0));
        attributionsCol = new Param<>(
                owner,
                "attributionsCol",
                "column of the contributions of each feature column to the raw prediction, by integrated gradients: a"
                        + " vector, or an array with one for each class or number. Empty: not written");
    }

    /** To be called when the owner has all its Params. */
    void setDefaults(Params owner) {
        owner.setDefault(handleInvalid, "error");
        owner.setDefault(inferBatchSize, 256);
        owner.setDefault(samples, 0);
        owner.setDefault(attributionsCol, "");
    }
}
