package dev.lockstep.spark.ml;

import dev.lockstep.spark.train.TrainingJob;
import java.util.List;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.BinaryAttribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.ProbabilisticClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Trains a neural network that tells classes apart. The same rows, Params and seed give the same model bit for bit, on
 * any cluster, and the one that the command {@code train} gives.
 *
 * <pre>{@code
 * NeuralNetworkClassificationModel model = new NeuralNetworkClassifier()
 *         .setLayers(4, 16, 3)
 *         .setMaxIter(50)
 *         .fit(training);
 * Dataset<Row> predictions = model.transform(test);
 * }</pre>
 */
public final class NeuralNetworkClassifier
        extends ProbabilisticClassifier<Vector, NeuralNetworkClassifier, NeuralNetworkClassificationModel>
        implements NeuralNetworkTrainingParams<NeuralNetworkClassifier>,
                NeuralNetworkClassUncertainty<NeuralNetworkClassifier>,
                DefaultParamsWritable {
    private static final long serialVersionUID = 1L;

    /** Set by the base class's constructor, through {@link #uid()}. */
    private @Nullable String uid;

    private final FeatureParams featureParams;
    private final TrainingParams trainingParams;
    private final ClassUncertaintyParams classUncertaintyParams;

    /** A classifier with the default Params. */
    public NeuralNetworkClassifier() {
        this(Uids.announce(null));
    }

    /** The same with a uid. */
    public NeuralNetworkClassifier(String uid) {
        this(Uids.announce(uid));
    }

    private NeuralNetworkClassifier(Uids.Announced unused) {
        featureParams = new FeatureParams(this);
        trainingParams = new TrainingParams(this);
        classUncertaintyParams = new ClassUncertaintyParams(this);
        featureParams.setDefaults(this);
        trainingParams.setDefaults(this);
        classUncertaintyParams.setDefaults(this);
    }

    @Override
    public String uid() {
        if (uid == null) {
            uid = Uids.take("NeuralNetworkClassifier");
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
    public ClassUncertaintyParams classUncertaintyParams() {
        return classUncertaintyParams;
    }

    @Override
    public StructType transformSchema(StructType schema) {
        Columns.checkFeatures(this, Columns.trained(this), isDefined(columns()), schema);
        Columns.checkTraining(this, List.of(getLabelCol()), schema);
        StructType wider = schema;
        for (StructField field : ClassFields.of(this, getRawPredictionCol(), getProbabilityCol())) {
            wider = Columns.with(wider, field, this);
        }
        return wider;
    }

    @Override
    public NeuralNetworkClassificationModel fit(Dataset<?> dataset) {
        transformSchema(dataset.schema(), true);
        NeuralNetworkClassificationModel model = train(dataset);
        model.setParent(this);
        return copyValues(model, ParamMap.empty());
    }

    @Override
    public NeuralNetworkClassificationModel train(Dataset<?> dataset) {
        FitJob job = new FitJob(this, new FitJob.Target(List.of(getLabelCol()), classes(dataset), "crossEntropy"));
        FitProgress progress = new FitProgress(uid());
        TrainingJob.Result result = job.run(dataset, progress);
        NeuralNetworkClassificationModel model = new NeuralNetworkClassificationModel(
                uid(), new ModelStore.Content(result.model(), progress.history(), null));
        return model.summarising(trainingRows(model, job.trainingRows(dataset)));
    }

    /** The number of classes that the label's metadata tell; else of outputs where only their sizes are given. */
    private @Nullable Integer classes(Dataset<?> dataset) {
        Attribute attribute =
                Attribute.fromStructField(Columns.field(this, "labelCol", getLabelCol(), dataset.schema()));
        if (attribute instanceof BinaryAttribute) {
            return 2;
        }
        if (attribute instanceof NominalAttribute nominal
                && nominal.getNumValues().isDefined()) {
            return (Integer) nominal.getNumValues().get();
        }
        return isDefined(layers()) && getLayers().length > 0 ? (Integer) getLayers()[getLayers().length - 1] : null;
    }

    private NeuralNetworkClassificationModel.TrainingRows trainingRows(
            NeuralNetworkClassificationModel model, Dataset<Row> rows) {
        String weight = Columns.weighted(this) ? getWeightCol() : "";
        String prediction = getPredictionCol().isEmpty() ? "prediction_" + uid() : getPredictionCol();
        ParamMap own = setParams();
        return new NeuralNetworkClassificationModel.TrainingRows(
                () -> {
                    NeuralNetworkClassificationModel copy = model.copy(ParamMap.empty());
                    copyValues(copy, own);
                    copy.setPredictionCol(prediction);
                    copy.setRawPredictionCol("");
                    copy.setProbabilityCol("");
                    copy.setEntropyCol("");
                    copy.setMutualInformationCol("");
                    return copy.transform(rows);
                },
                List.of(prediction, getLabelCol(), weight));
    }

    /** The Params that are set; the model has defaults of its own, the columns that it was trained on. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // a Param with its own value
    private ParamMap setParams() {
        ParamMap set = new ParamMap();
        for (Param param : params()) {
            if (isSet(param)) {
                set.put(param, get(param).get());
            }
        }
        return set;
    }

    @Override
    public NeuralNetworkClassifier copy(ParamMap extra) {
        NeuralNetworkClassifier copy = defaultCopy(extra);
        copy.trainingParams.keep(trainingParams.inMemory(this));
        return copy;
    }

    @Override
    public MLWriter write() {
        trainingParams.checkSavable(this);
        return new DefaultParamsWriter(this);
    }

    /** Reads estimators that {@code write} wrote. */
    public static MLReader<NeuralNetworkClassifier> read() {
        return new DefaultParamsReader<>();
    }

    /** Reads an estimator that {@code write} wrote. */
    public static NeuralNetworkClassifier load(String path) {
        return read().load(path);
    }
}
