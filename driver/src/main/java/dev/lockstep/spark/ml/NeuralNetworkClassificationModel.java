package dev.lockstep.spark.ml;

import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.train.ColumnImportance;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.train.ModelImportance;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.HasTrainingSummary;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.Tuple3;

/**
 * A trained network that tells classes apart. Made by {@link NeuralNetworkClassifier}, or loaded: from what
 * {@code write} wrote, and from the directory that the command {@code train} writes.
 */
public final class NeuralNetworkClassificationModel
        extends ProbabilisticClassificationModel<Vector, NeuralNetworkClassificationModel>
        implements NeuralNetworkClassUncertainty<NeuralNetworkClassificationModel>,
                HasTrainingSummary<NeuralNetworkClassificationTrainingSummary>,
                StoredStage.Storable,
                MLWritable {
    private static final long serialVersionUID = 1L;

    /** Set by the base class's constructor, through {@link #uid()}. */
    private @Nullable String uid;

    private final FeatureParams featureParams;
    private final ClassUncertaintyParams classUncertaintyParams;
    private final SavedModel model;
    private final @Nullable TrainingHistory history;
    private transient @Nullable Scoring scoring;
    private @Nullable ClassCounts counts;
    private transient @Nullable TrainingRows rows;
    private transient @Nullable NeuralNetworkClassificationTrainingSummary summary;

    /**
     * What a summary is computed from, when it is asked for.
     *
     * @param predictions the training rows with their predictions
     * @param columns the names of the columns of predictions, labels and weights
     */
    record TrainingRows(Supplier<Dataset<Row>> predictions, List<String> columns) {}

    /**
     * For Spark Connect alone, whose servers list stages by classes that have such a constructor, and never call it.
     *
     * @throws UnsupportedOperationException always
     */
    public NeuralNetworkClassificationModel() {
        this(StoredStage.none(), Uids.announce(null));
    }

    NeuralNetworkClassificationModel(String uid, ModelStore.Content content) {
        this(content, Uids.announce(uid));
    }

    private NeuralNetworkClassificationModel(ModelStore.Content content, Uids.Announced unused) {
        model = content.model();
        history = content.history();
        counts = content.counts();
        featureParams = new FeatureParams(this);
        classUncertaintyParams = new ClassUncertaintyParams(this);
        featureParams.setDefaults(this);
        classUncertaintyParams.setDefaults(this);
        DataSchema known = DataSchema.of(model.description());
        if (!known.targets().isClass()) {
            throw new IllegalArgumentException(
                    uid() + ": the model predicts numbers, not classes; NeuralNetworkRegressionModel is for these");
        }
        ModelColumns.use(this, known);
    }

    /** Says what the summary is computed from. */
    NeuralNetworkClassificationModel summarising(TrainingRows training) {
        rows = training;
        return this;
    }

    @Override
    public String uid() {
        if (uid == null) {
            uid = Uids.take("NeuralNetworkClassificationModel");
        }
        return uid;
    }

    @Override
    public FeatureParams featureParams() {
        return featureParams;
    }

    @Override
    public ClassUncertaintyParams classUncertaintyParams() {
        return classUncertaintyParams;
    }

    /** The network and all that prediction needs, as the command line and a plain JVM use it. */
    public SavedModel savedModel() {
        return model;
    }

    /**
     * What it has learned, by name: {@code dense_1.weight} of shape {@code [inputs, units]}, {@code dense_1.bias} as a
     * column, and so on. Copies.
     */
    public Map<String, Matrix> weights() {
        return Weights.of(model);
    }

    /**
     * How much the model needs each column: {@code column}, {@code lossIncrease} and {@code scoreLoss} with the
     * deviations of a single permutation, the most important column first. The cells of a column are exchanged between
     * rows, 5 times; the figures are by how much the mean loss grows, and the accuracy falls, also of the rows of each
     * class ({@code scoreLossByClass}).
     *
     * @param rows with their labels; those of validation rather than those of training
     * @see ColumnImportance
     */
    public Dataset<Row> importance(Dataset<?> rows) {
        return importance(rows, ModelImportance.Options.REPEATS, 0);
    }

    /**
     * The same.
     *
     * @param repeats permutations a column
     * @param seed decides the permutations
     */
    public Dataset<Row> importance(Dataset<?> rows, int repeats, long seed) {
        return Importance.of(rows, this, model, new ModelImportance.Options(null, repeats, seed));
    }

    /** The columns of the features as {@link #importance} and the column of attributions know them, in order. */
    public String[] featureColumns() {
        return model.featureColumns().names().toArray(String[]::new);
    }

    /** The fingerprint of its numbers: equal ones mean models equal in every bit. */
    public String sha256() {
        return model.description().sha256();
    }

    /** Names of the classes in the order of their indexes; none if they are called by their index. */
    public String[] labels() {
        List<String> names = model.description().classes();
        return names == null ? new String[0] : names.toArray(String[]::new);
    }

    @Override
    public int numClasses() {
        return cells().classes();
    }

    @Override
    public int numFeatures() {
        return model.network().input().size();
    }

    private ClassCells cells() {
        return ClassCells.of(this, model.network());
    }

    private synchronized Scoring scoring() {
        Scoring known = scoring;
        if (known == null) {
            known = new Scoring(model);
            scoring = known;
        }
        return known;
    }

    @Override
    public StructType transformSchema(StructType schema) {
        Columns.checkFeatures(this, Columns.features(this), model.description().encoding() != null, schema);
        checkThresholds();
        StructType wider = schema;
        for (StructField field : addedFields()) {
            wider = Columns.with(wider, field, this);
        }
        return wider;
    }

    private void checkThresholds() {
        if (isDefined(thresholds()) && getThresholds().length != numClasses()) {
            throw new IllegalArgumentException(
                    uid() + ": thresholds: expected one a class, " + numClasses() + ", got " + getThresholds().length);
        }
    }

    private List<StructField> addedFields() {
        return ClassFields.of(this, numClasses(), labels());
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        StructType schema = transformSchema(dataset.schema(), true);
        return scoring().transform(dataset, this, cells(), schema);
    }

    @Override
    public Vector predictRaw(Vector features) {
        ClassCells cells = cells();
        return one(features, cells::raw);
    }

    @Override
    public Vector predictProbability(Vector features) {
        ClassCells cells = cells();
        return one(features, cells::probability);
    }

    @Override
    public double predict(Vector features) {
        ClassCells cells = cells();
        return one(features, cells::prediction);
    }

    private <T> T one(Vector features, BiFunction<PredictiveDistribution, Integer, T> read) {
        return scoring().predict(features, getSamples(), read);
    }

    /** The link, in double; {@code transform} has the network's own floats. */
    @Override
    public Vector raw2probabilityInPlace(Vector raw) {
        double[] values = ((DenseVector) raw).values();
        boolean single = model.network().output().size() == 1;
        double greatest = Math.max(values[0], values[1]);
        for (double value : values) {
            greatest = Math.max(greatest, value);
        }
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = single ? 1 / (1 + StrictMath.exp(-values[i])) : StrictMath.exp(values[i] - greatest);
            sum += values[i];
        }
        for (int i = 0; i < values.length && !single; i++) {
            values[i] /= sum;
        }
        return raw;
    }

    /**
     * The model with names for the columns that a summary needs. A bare {@code Tuple3}: Java cannot name a type that
     * overrides both of what the base classes return.
     */
    @Override
    @SuppressWarnings("rawtypes")
    public Tuple3 findSummaryModel() {
        NeuralNetworkClassificationModel named = copy(ParamMap.empty());
        if (named.getPredictionCol().isEmpty()) {
            named.setPredictionCol("prediction_" + uid());
        }
        if (named.getProbabilityCol().isEmpty()) {
            named.setProbabilityCol("probability_" + uid());
        }
        return new Tuple3<>(named, named.getProbabilityCol(), named.getPredictionCol());
    }

    @Override
    public NeuralNetworkClassificationModel copy(ParamMap extra) {
        NeuralNetworkClassificationModel copy = new NeuralNetworkClassificationModel(uid(), known());
        copy.rows = rows;
        copyValues(copy, extra);
        return copy.setParent(parent());
    }

    private ModelStore.Content known() {
        return new ModelStore.Content(model, history, counts);
    }

    @Override
    public ModelStore.Content content() {
        ClassCounts known = counts;
        TrainingRows training = rows;
        if (known == null && training != null) {
            known = ClassCounts.of(training.predictions().get(), training.columns());
            counts = known;
        }
        return known();
    }

    /** How the training went; none if that is not known, as of a model that the command line has trained. */
    @Override
    public synchronized Option<NeuralNetworkClassificationTrainingSummary> trainingSummary() {
        if (summary == null && history != null) {
            ClassCounts known = counts;
            TrainingRows training = rows;
            if (known != null) {
                summary = new NeuralNetworkClassificationTrainingSummary(
                        known.rows(SparkSession.active()),
                        List.of(ClassCounts.PREDICTION, ClassCounts.LABEL, ClassCounts.WEIGHT),
                        history);
            } else if (training != null) {
                summary = new NeuralNetworkClassificationTrainingSummary(
                        training.predictions().get(), training.columns(), history);
            }
        }
        return Option.apply(summary);
    }

    /** For Spark's trait only. */
    @Override
    @SuppressWarnings("MethodName") // Scala's name for it
    public void trainingSummary_$eq(Option<NeuralNetworkClassificationTrainingSummary> given) {
        summary = given.isEmpty() ? null : given.get();
    }

    /** Bytes of its numbers, for the limits of a server of Spark Connect. */
    @SuppressWarnings("MissingOverride") // Spark before 4.1 does not ask for it
    public long estimatedSize() {
        return StoredStage.estimatedSize(model);
    }

    /** For a server of Spark Connect: the summary is saved with the model. */
    @SuppressWarnings("MissingOverride") // Spark before 4.1 does not ask for it
    public void saveSummary(String path) {}

    /** For a server of Spark Connect: the summary is loaded with the model. */
    @SuppressWarnings("MissingOverride") // Spark before 4.1 does not ask for it
    public void loadSummary(String path, Dataset<Row> rows) {}

    @Override
    public MLWriter write() {
        return new StoredStage.Writer(this);
    }

    /** Reads models: those that {@link #write} wrote, and those of the command line. */
    public static MLReader<NeuralNetworkClassificationModel> read() {
        return new StoredStage.Reader<>(NeuralNetworkClassificationModel.class, NeuralNetworkClassificationModel::new);
    }

    /** Reads a model that {@link #write} wrote, or a directory of the command line. */
    public static NeuralNetworkClassificationModel load(String path) {
        return read().load(path);
    }

    @Override
    public String toString() {
        return "NeuralNetworkClassificationModel: uid=" + uid() + ", numClasses=" + numClasses() + ", numFeatures="
                + numFeatures();
    }
}
