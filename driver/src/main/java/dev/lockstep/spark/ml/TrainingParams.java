package dev.lockstep.spark.ml;

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

/** The Params of {@link NeuralNetworkTrainingParams}, as one estimator owns them. */
final class TrainingParams implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The update rules by their names in job files. */
    static final List<String> SOLVERS =
            List.of("adam", "adamW", "sgd", "momentum", "nesterov", "rmsProp", "adagrad", "lamb");

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
    final StringArrayParam settings;

    TrainingParams(Params owner) {
        weightCol = new Param<>(
                owner, "weightCol", "column of the rows' weights; rows of weight 0 are left out, all weigh 1 if unset");
        validationIndicatorCol = new Param<>(
                owner,
                "validationIndicatorCol",
                "boolean column that is true for rows to validate on, which are not trained on");
        columns = new Param<>(
                owner,
                "columns",
                "types of the columns of the features as YAML text, the data.columns of a job file:"
                        + " {age: number, city: category}; or auto, which guesses those of featuresCols");
        layers = new IntArrayParam(
                owner,
                "layers",
                "sizes of the layers from the features to the outputs, as in MultilayerPerceptronClassifier: [4, 5, 3]"
                        + " has 4 features, 5 hidden units and 3 outputs. Needed unless network is set");
        activation = new Param<>(owner, "activation", "activation of the hidden layers of layers, as in a job file");
        network = new Param<>(
                owner,
                "network",
                "the network as YAML text: the model of a job file, or its list of layers; instead of layers");
        maxIter = new IntParam(owner, "maxIter", "epochs: how often each row is seen", ParamValidators.gtEq(1));
        solver = new Param<>(
                owner, "solver", "the update rule: " + String.join(", ", SOLVERS), ParamValidators.inArray(SOLVERS));
        stepSize = new DoubleParam(
                owner, "stepSize", "learning rate; the solver's own default if unset", ParamValidators.gt(0));
        batchSize = new IntParam(owner, "batchSize", "rows a step over all shards", ParamValidators.gtEq(1));
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
        settings = new StringArrayParam(
                owner,
                "settings",
                "further settings of a job file, KEY=VALUE as the command line's --set takes them:"
                        + " train.schedule=cosine, data.scale=standardise. They come before the other Params");
    }

    /** To be called when the owner has all its Params. */
    void setDefaults(Params owner) {
        owner.setDefault(activation, "relu");
        owner.setDefault(maxIter, 10);
        owner.setDefault(solver, "adam");
        owner.setDefault(batchSize, 128);
        owner.setDefault(seed, 0L);
        owner.setDefault(shards, 8);
        owner.setDefault(settings, new String[0]);
    }
}
