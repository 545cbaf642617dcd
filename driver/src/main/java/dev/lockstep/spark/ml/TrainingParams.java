package dev.lockstep.spark.ml;

import dev.lockstep.nn.io.SavedModel;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import org.jspecify.annotations.Nullable;

/** The Params of {@link NeuralNetworkTrainingParams}, as one estimator owns them. */
final class TrainingParams implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The update rules by their names in job files. */
    static final List<String> SOLVERS =
            List.of("adam", "adamW", "sgd", "momentum", "nesterov", "rmsProp", "adagrad", "lamb");

    /** What the Param says where the model is not at a path. */
    static final String IN_MEMORY = "model in memory";

    final Param<String> weightCol;
    final Param<String> validationIndicatorCol;
    final Param<String> columns;
    final IntArrayParam layers;
    final Param<String> activation;
    final Param<String> network;
    final IntParam maxIter;
    final Param<String> solver;
    final DoubleParam stepSize;
    final IntParam batchSize;
    final LongParam seed;
    final IntParam shards;
    final IntParam patience;
    final DoubleParam tol;
    final Param<String> checkpointDir;
    final Param<String> initialModel;
    final StringArrayParam frozenLayers;
    final StringArrayParam settings;

    /** The model that {@link #IN_MEMORY} stands for. */
    private @Nullable SavedModel inMemory;

    TrainingParams(Params owner) {
        weightCol = new Param<>(
                owner,
                "weightCol",
                "column of the weights of the rows; rows of weight 0 are left out. If unset, each row weighs 1");
        validationIndicatorCol = new Param<>(
                owner,
                "validationIndicatorCol",
                "boolean column that is true for validation rows, which are not used for training");
        columns = new Param<>(
                owner,
                "columns",
                "types of the feature columns as YAML text, as in data.columns of a job file: {age: number, city:"
                        + " category}; or auto, which guesses the types of featuresCols");
        layers = new IntArrayParam(
                owner,
                "layers",
                "sizes of the layers from the features to the outputs, as in MultilayerPerceptronClassifier: [4, 5, 3]"
                        + " has 4 features, 5 hidden units and 3 outputs. Needed unless network is set");
        activation = new Param<>(owner, "activation", "activation of the hidden layers in layers, as in a job file");
        network = new Param<>(
                owner,
                "network",
                "the network as YAML text: the model of a job file, or its list of layers; instead of layers");
        maxIter = new IntParam(owner, "maxIter", "epochs: how often training uses each row", ParamValidators.gtEq(1));
        solver = new Param<>(
                owner, "solver", "the update rule: " + String.join(", ", SOLVERS), ParamValidators.inArray(SOLVERS));
        stepSize = new DoubleParam(
                owner, "stepSize", "learning rate; the solver's own default if unset", ParamValidators.gt(0));
        batchSize = new IntParam(owner, "batchSize", "rows per step over all shards", ParamValidators.gtEq(1));
        seed = new LongParam(owner, "seed", "decides initial weights and every other random number");
        shards = new IntParam(
                owner,
                "shards",
                "logical shards of the rows: the upper bound of parallelism, and part of what decides the bits",
                ParamValidators.gtEq(1));
        patience = new IntParam(
                owner,
                "patience",
                "epochs without a smaller validation loss (training loss without validationIndicatorCol) after which"
                        + " training ends with the model of the best epoch; never if unset",
                ParamValidators.gtEq(1));
        tol = new DoubleParam(
                owner,
                "tol",
                "by how much the loss must fall to count as progress for patience, which is 1 if only tol is set",
                ParamValidators.gtEq(0));
        checkpointDir = new Param<>(
                owner,
                "checkpointDir",
                "directory on any Hadoop file system for the state of the training after each epoch, from which the"
                        + " same fit resumes if the driver was lost; fit deletes the state at the end");
        initialModel = new Param<>(
                owner,
                "initialModel",
                "path of a saved model of spark.ml or of the command line: training starts from its layers with the"
                        + " same names and shapes");
        frozenLayers = new StringArrayParam(
                owner,
                "frozenLayers",
                "layers of initialModel that training does not change: names, in which * stands for any characters");
        settings = new StringArrayParam(
                owner,
                "settings",
                "further settings of a job file, KEY=VALUE as the command line's --set takes them:"
                        + " train.schedule=cosine, data.scale=standardise. Other Params override them");
    }

    /** To be called when the owner has all its Params. */
    void setDefaults(Params owner) {
        owner.setDefault(activation, "relu");
        owner.setDefault(maxIter, 10);
        owner.setDefault(solver, "adam");
        owner.setDefault(batchSize, 128);
        owner.setDefault(seed, 0L);
        owner.setDefault(shards, 8);
        owner.setDefault(frozenLayers, new String[0]);
        owner.setDefault(settings, new String[0]);
    }

    /** Keeps a model to begin with in place of one at a path; null: none. */
    void keep(@Nullable SavedModel model) {
        inMemory = model;
    }

    /** The model to begin with, if it is not at a path. */
    @Nullable
    SavedModel inMemory(Params owner) {
        return owner.isSet(initialModel) && owner.get(initialModel).get().equals(IN_MEMORY) ? inMemory : null;
    }

    /**
     * Refuses to save an estimator whose model to begin with has no path.
     *
     * @throws IllegalStateException if that is so
     */
    void checkSavable(Params owner) {
        if (inMemory(owner) != null) {
            throw new IllegalStateException(owner.uid()
                    + ": initialModel: a model in memory cannot be saved with the estimator; save it and set its path");
        }
    }
}
