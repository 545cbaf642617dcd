package dev.lockstep.spark.ml;

import dev.lockstep.nn.io.SavedModel;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.param.shared.HasWeightCol;

/**
 * The Params that the estimators have in common: the network, and how it is trained.
 *
 * @param <S> the estimator itself, which setters return
 */
public interface NeuralNetworkTrainingParams<S> extends NeuralNetworkFeatureParams<S>, HasWeightCol {
    /** The Params below, as this estimator owns them. */
    TrainingParams trainingParams();

    /** Column of the rows' weights. */
    @Override
    default Param<String> weightCol() {
        return trainingParams().weightCol;
    }

    /** Sets {@link #weightCol}. */
    default S setWeightCol(String column) {
        return with(weightCol(), column);
    }

    /** Boolean column that is true for rows to validate on. */
    default Param<String> validationIndicatorCol() {
        return trainingParams().validationIndicatorCol;
    }

    /** See {@link #validationIndicatorCol}. */
    default String getValidationIndicatorCol() {
        return $(validationIndicatorCol());
    }

    /** Sets {@link #validationIndicatorCol}. */
    default S setValidationIndicatorCol(String column) {
        return with(validationIndicatorCol(), column);
    }

    /** Types of the columns of the features as YAML text, the {@code data.columns} of a job file. */
    default Param<String> columns() {
        return trainingParams().columns;
    }

    /** See {@link #columns}. */
    default String getColumns() {
        return $(columns());
    }

    /** Sets {@link #columns}. */
    default S setColumns(String yaml) {
        return with(columns(), yaml);
    }

    /** Sizes of the layers from the features to the outputs. */
    default IntArrayParam layers() {
        return trainingParams().layers;
    }

    /** See {@link #layers}. */
    default int[] getLayers() {
        return $(layers());
    }

    /** Sets {@link #layers}. */
    default S setLayers(int... sizes) {
        return with(layers(), sizes);
    }

    /** Activation of the hidden layers of {@link #layers}. */
    default Param<String> activation() {
        return trainingParams().activation;
    }

    /** See {@link #activation}. */
    default String getActivation() {
        return $(activation());
    }

    /** Sets {@link #activation}. */
    default S setActivation(String name) {
        return with(activation(), name);
    }

    /** The network as YAML text, instead of {@link #layers}: the {@code model} of a job file, or its list of layers. */
    default Param<String> network() {
        return trainingParams().network;
    }

    /** See {@link #network}. */
    default String getNetwork() {
        return $(network());
    }

    /** Sets {@link #network}. */
    default S setNetwork(String yaml) {
        return with(network(), yaml);
    }

    /** Epochs: how often training uses each row. */
    default IntParam maxIter() {
        return trainingParams().maxIter;
    }

    /** See {@link #maxIter}. */
    default int getMaxIter() {
        return (int) $(maxIter());
    }

    /** Sets {@link #maxIter}. */
    default S setMaxIter(int epochs) {
        return with(maxIter(), epochs);
    }

    /** The update rule. */
    default Param<String> solver() {
        return trainingParams().solver;
    }

    /** See {@link #solver}. */
    default String getSolver() {
        return $(solver());
    }

    /** Sets {@link #solver}. */
    default S setSolver(String name) {
        return with(solver(), name);
    }

    /** Learning rate. */
    default DoubleParam stepSize() {
        return trainingParams().stepSize;
    }

    /** See {@link #stepSize}. */
    default double getStepSize() {
        return (double) $(stepSize());
    }

    /** Sets {@link #stepSize}. */
    default S setStepSize(double rate) {
        return with(stepSize(), rate);
    }

    /** Rows a step over all shards. */
    default IntParam batchSize() {
        return trainingParams().batchSize;
    }

    /** See {@link #batchSize}. */
    default int getBatchSize() {
        return (int) $(batchSize());
    }

    /** Sets {@link #batchSize}. */
    default S setBatchSize(int rows) {
        return with(batchSize(), rows);
    }

    /** Decides initial weights and every other random number. */
    default LongParam seed() {
        return trainingParams().seed;
    }

    /** See {@link #seed}. */
    default long getSeed() {
        return (long) $(seed());
    }

    /** Sets {@link #seed}. */
    default S setSeed(long number) {
        return with(seed(), number);
    }

    /** Logical shards of the rows. */
    default IntParam shards() {
        return trainingParams().shards;
    }

    /** See {@link #shards}. */
    default int getShards() {
        return (int) $(shards());
    }

    /** Sets {@link #shards}. */
    default S setShards(int count) {
        return with(shards(), count);
    }

    /** Epochs without a smaller loss after which training ends. */
    default IntParam patience() {
        return trainingParams().patience;
    }

    /** See {@link #patience}. */
    default int getPatience() {
        return (int) $(patience());
    }

    /** Sets {@link #patience}. */
    default S setPatience(int epochs) {
        return with(patience(), epochs);
    }

    /** By how much a loss must be smaller to count as smaller for {@link #patience}. */
    default DoubleParam tol() {
        return trainingParams().tol;
    }

    /** See {@link #tol}. */
    default double getTol() {
        return (double) $(tol());
    }

    /** Sets {@link #tol}. */
    default S setTol(double difference) {
        return with(tol(), difference);
    }

    /** Directory for the state of the training, from which the same fit resumes. */
    default Param<String> checkpointDir() {
        return trainingParams().checkpointDir;
    }

    /** See {@link #checkpointDir}. */
    default String getCheckpointDir() {
        return $(checkpointDir());
    }

    /** Sets {@link #checkpointDir}. */
    default S setCheckpointDir(String directory) {
        return with(checkpointDir(), directory);
    }

    /** Path of a model whose layers the network begins with, where their names and shapes are the same. */
    default Param<String> initialModel() {
        return trainingParams().initialModel;
    }

    /** See {@link #initialModel}. */
    default String getInitialModel() {
        return $(initialModel());
    }

    /** Sets {@link #initialModel}. */
    default S setInitialModel(String path) {
        return with(initialModel(), path);
    }

    /** Sets {@link #initialModel} to one that need not be saved: {@code model.savedModel()}. */
    default S setInitialModel(SavedModel model) {
        trainingParams().keep(model);
        return with(initialModel(), TrainingParams.IN_MEMORY);
    }

    /** Layers of {@link #initialModel} that training leaves as they are. */
    default StringArrayParam frozenLayers() {
        return trainingParams().frozenLayers;
    }

    /** See {@link #frozenLayers}. */
    default String[] getFrozenLayers() {
        return $(frozenLayers());
    }

    /** Sets {@link #frozenLayers}: names, where {@code *} stands for any characters. */
    default S setFrozenLayers(String... patterns) {
        return with(frozenLayers(), patterns);
    }

    /** Further settings of a job file, {@code KEY=VALUE} each. */
    default StringArrayParam settings() {
        return trainingParams().settings;
    }

    /** See {@link #settings}. */
    default String[] getSettings() {
        return $(settings());
    }

    /** Sets {@link #settings}. */
    default S setSettings(String... keyValues) {
        return with(settings(), keyValues);
    }

    /** For Spark's shared trait only: the Param is this estimator's own. */
    @Override
    @SuppressWarnings("MethodName") // Scala's name for it
    default void org$apache$spark$ml$param$shared$HasWeightCol$_setter_$weightCol_$eq(Param<String> param) {
        // Called by nobody: Java classes do not run the initialisers of traits.
    }
}
