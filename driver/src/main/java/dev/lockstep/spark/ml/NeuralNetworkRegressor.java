package dev.lockstep.spark.ml;

import dev.lockstep.spark.train.TrainingJob;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.regression.Regressor;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Trains a neural network that predicts a number, or with {@code labelCols} several. The same rows, Params and seed
 * give the same model bit for bit, on any cluster, and the one that the command {@code train} gives.
 *
 * <pre>{@code
 * NeuralNetworkRegressionModel model = new NeuralNetworkRegressor()
 *         .setNetwork("[{dense: {units: 32, activation: tanh}}, {dense: 1}]")
 *         .setStepSize(0.01)
 *         .fit(training);
 * }</pre>
 */
public final class NeuralNetworkRegressor
        extends Regressor<Vector, NeuralNetworkRegressor, NeuralNetworkRegressionModel>
        implements NeuralNetworkTrainingParams<NeuralNetworkRegressor>,
                NeuralNetworkNumberUncertainty<NeuralNetworkRegressor>,
                DefaultParamsWritable {
    private static final long serialVersionUID = 1L;

    /** Set by the base class's constructor, through {@link #uid()}. */
    private @Nullable String uid;

    private final FeatureParams featureParams;
    private final TrainingParams trainingParams;
    private final NumberUncertaintyParams numberUncertaintyParams;
    private final StringArrayParam labelCols;

    /** A regressor with the default Params. */
    public NeuralNetworkRegressor() {
        this(Uids.announce(null));
    }

    /** The same with a uid. */
    public NeuralNetworkRegressor(String uid) {
        this(Uids.announce(uid));
    }

    private NeuralNetworkRegressor(Uids.Announced unused) {
        featureParams = new FeatureParams(this);
        trainingParams = new TrainingParams(this);
        numberUncertaintyParams = new NumberUncertaintyParams(this);
        labelCols = new StringArrayParam(
                this, "labelCols", "several columns of numbers to predict together, instead of labelCol");
        featureParams.setDefaults(this);
        trainingParams.setDefaults(this);
        numberUncertaintyParams.setDefaults(this);
    }

    @Override
    public String uid() {
        if (uid == null) {
            uid = Uids.take("NeuralNetworkRegressor");
        }
        return uid;
    }

    @Override
    public FeatureParams featureParams() {
        return featureParams;
    }

    @Override
    public TrainingParams trainingParams() {
        return trainingParams;
    }

    @Override
    public NumberUncertaintyParams numberUncertaintyParams() {
        return numberUncertaintyParams;
    }

    /** Columns of several numbers that are predicted together, instead of {@code labelCol}. */
    public StringArrayParam labelCols() {
        return labelCols;
    }

    /** See {@link #labelCols}. */
    public String[] getLabelCols() {
        return $(labelCols);
    }

    /** Sets {@link #labelCols}. */
    public NeuralNetworkRegressor setLabelCols(String... columns) {
        return with(labelCols, columns);
    }

    private List<String> labels() {
        return isDefined(labelCols) ? List.of(getLabelCols()) : List.of(getLabelCol());
    }

    @Override
    public StructType transformSchema(StructType schema) {
        Columns.checkFeatures(this, Columns.trained(this), isDefined(columns()), schema);
        Columns.checkTraining(this, labels(), schema);
        StructType wider = schema;
        for (StructField field : NumberFields.of(this, labels().size())) {
            wider = Columns.with(wider, field, this);
        }
        return wider;
    }

    @Override
    public NeuralNetworkRegressionModel fit(Dataset<?> dataset) {
        transformSchema(dataset.schema(), true);
        NeuralNetworkRegressionModel model = train(dataset);
        model.setParent(this);
        return copyValues(model, ParamMap.empty());
    }

    @Override
    public NeuralNetworkRegressionModel train(Dataset<?> dataset) {
        FitProgress progress = new FitProgress(uid());
        TrainingJob.Result result =
                new FitJob(this, new FitJob.Target(labels(), null, "meanSquaredError")).run(dataset, progress);
        return new NeuralNetworkRegressionModel(
                uid(), new ModelStore.Content(result.model(), progress.history(), null));
    }

    @Override
    public NeuralNetworkRegressor copy(ParamMap extra) {
        NeuralNetworkRegressor copy = defaultCopy(extra);
        copy.trainingParams.keep(trainingParams.inMemory(this));
        return copy;
    }

    @Override
    public MLWriter write() {
        trainingParams.checkSavable(this);
        return new DefaultParamsWriter(this);
    }

    /** Reads estimators that {@code write} wrote. */
    public static MLReader<NeuralNetworkRegressor> read() {
        return new DefaultParamsReader<>();
    }

    /** Reads an estimator that {@code write} wrote. */
    public static NeuralNetworkRegressor load(String path) {
        return read().load(path);
    }
}
