package dev.lockstep.spark.ml;

import org.apache.spark.ml.param.Param;

/**
 * Columns with the uncertainty of numbers: columns for models that predict a variance, or mixtures by {@code samples}
 * or as an ensemble. Empty: not written.
 *
 * @param <S> the stage itself, which setters return
 */
public interface NeuralNetworkNumberUncertainty<S> extends NeuralNetworkFeatureParams<S> {
    /** The Params below, as this stage owns them. */
    NumberUncertaintyParams numberUncertaintyParams();

    /** Column of the standard deviation. */
    default Param<String> standardDeviationCol() {
        return numberUncertaintyParams().standardDeviationCol;
    }

    /** See {@link #standardDeviationCol}. */
    default String getStandardDeviationCol() {
        return $(standardDeviationCol());
    }

    /** Sets {@link #standardDeviationCol}. */
    default S setStandardDeviationCol(String column) {
        return with(standardDeviationCol(), column);
    }

    /** Column of the deviation that is noise of the targets. */
    default Param<String> aleatoricDeviationCol() {
        return numberUncertaintyParams().aleatoricDeviationCol;
    }

    /** See {@link #aleatoricDeviationCol}. */
    default String getAleatoricDeviationCol() {
        return $(aleatoricDeviationCol());
    }

    /** Sets {@link #aleatoricDeviationCol}. */
    default S setAleatoricDeviationCol(String column) {
        return with(aleatoricDeviationCol(), column);
    }

    /** Column of the deviation that more data would take away. */
    default Param<String> epistemicDeviationCol() {
        return numberUncertaintyParams().epistemicDeviationCol;
    }

    /** See {@link #epistemicDeviationCol}. */
    default String getEpistemicDeviationCol() {
        return $(epistemicDeviationCol());
    }

    /** Sets {@link #epistemicDeviationCol}. */
    default S setEpistemicDeviationCol(String column) {
        return with(epistemicDeviationCol(), column);
    }

    /** Column of the lower end of the 95 % credible interval. */
    default Param<String> lower95Col() {
        return numberUncertaintyParams().lower95Col;
    }

    /** See {@link #lower95Col}. */
    default String getLower95Col() {
        return $(lower95Col());
    }

    /** Sets {@link #lower95Col}. */
    default S setLower95Col(String column) {
        return with(lower95Col(), column);
    }

    /** Column of the upper end of the 95 % credible interval. */
    default Param<String> upper95Col() {
        return numberUncertaintyParams().upper95Col;
    }

    /** See {@link #upper95Col}. */
    default String getUpper95Col() {
        return $(upper95Col());
    }

    /** Sets {@link #upper95Col}. */
    default S setUpper95Col(String column) {
        return with(upper95Col(), column);
    }
}
