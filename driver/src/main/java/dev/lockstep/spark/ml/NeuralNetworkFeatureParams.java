package dev.lockstep.spark.ml;

import org.apache.spark.ml.PredictorParams;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * The Params that estimators and their models have in common: where the features are, and how rows are predicted.
 *
 * @param <S> the stage itself, which setters return
 */
public interface NeuralNetworkFeatureParams<S> extends PredictorParams {
    /** The Params below, as this stage owns them. */
    FeatureParams featureParams();

    /** Columns of the features, one after the other, instead of {@code featuresCol}. */
    default StringArrayParam featuresCols() {
        return featureParams().featuresCols;
    }

    /** See {@link #featuresCols}. */
    default String[] getFeaturesCols() {
        return $(featuresCols());
    }

    /** Names several columns of features: each a vector, an array or a number. */
    default S setFeaturesCols(String... columns) {
        return with(featuresCols(), columns);
    }

    /**
     * What to do with rows that have cells that are missing or not finite: {@code error}, {@code skip} or {@code keep}.
     */
    default Param<String> handleInvalid() {
        return featureParams().handleInvalid;
    }

    /** See {@link #handleInvalid}. */
    default String getHandleInvalid() {
        return $(handleInvalid());
    }

    /** Sets {@link #handleInvalid}. */
    default S setHandleInvalid(String policy) {
        return with(handleInvalid(), policy);
    }

    /** Rows in one pass through the network in {@code transform}. */
    default IntParam inferBatchSize() {
        return featureParams().inferBatchSize;
    }

    /** See {@link #inferBatchSize}. */
    default int getInferBatchSize() {
        return (int) $(inferBatchSize());
    }

    /** Sets {@link #inferBatchSize}. */
    default S setInferBatchSize(int rows) {
        return with(inferBatchSize(), rows);
    }

    /** Predictive samples in {@code transform}; 0: nothing is random. */
    default IntParam samples() {
        return featureParams().samples;
    }

    /** See {@link #samples}. */
    default int getSamples() {
        return (int) $(samples());
    }

    /** Sets {@link #samples}. */
    default S setSamples(int count) {
        return with(samples(), count);
    }

    /** Column of what each column of the features contributes to the raw prediction; empty: none. */
    default Param<String> attributionsCol() {
        return featureParams().attributionsCol;
    }

    /** See {@link #attributionsCol}. */
    default String getAttributionsCol() {
        return $(attributionsCol());
    }

    /** Sets {@link #attributionsCol}. */
    default S setAttributionsCol(String column) {
        return with(attributionsCol(), column);
    }

    /** Sets a Param, and returns this stage. */
    @SuppressWarnings("unchecked") // S is this stage, says the class that implements this
    default <T> S with(Param<T> param, T value) {
        set(param, value);
        return (S) this;
    }
}
