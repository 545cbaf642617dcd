package dev.lockstep.spark.ml;

import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.train.ColumnImportance;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.Targets;
import dev.lockstep.spark.predict.CellList;
import dev.lockstep.spark.train.ModelImportance;
import java.util.Map;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.RegressionModel;
import org.apache.spark.ml.util.HasTrainingSummary;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * A trained network that predicts numbers. Made by {@link NeuralNetworkRegressor}, or loaded: from what {@code write}
 * wrote, and from the directory that the command {@code train} writes. Where it predicts several numbers, its columns
 * hold vectors.
 */
public final class NeuralNetworkRegressionModel extends RegressionModel<Vector, NeuralNetworkRegressionModel>
        implements NeuralNetworkNumberUncertainty<NeuralNetworkRegressionModel>,
                HasTrainingSummary<NeuralNetworkRegressionTrainingSummary>,
                StoredStage.Storable,
                MLWritable {
    private static final long serialVersionUID = 1L;

    /** Set by the base class's constructor, through {@link #uid()}. */
    private @Nullable String uid;

    private final FeatureParams featureParams;
    private final NumberUncertaintyParams numberUncertaintyParams;
    private final SavedModel model;
    private @Nullable TrainingHistory history;
    private transient @Nullable Scoring scoring;

    /**
     * For Spark Connect alone, whose servers list stages by classes that have such a constructor, and never call it.
     *
     * @throws UnsupportedOperationException always
     */
    public NeuralNetworkRegressionModel() {
        this(StoredStage.none(), Uids.announce(null));
    }

    NeuralNetworkRegressionModel(String uid, ModelStore.Content content) {
        this(content, Uids.announce(uid));
    }

    private NeuralNetworkRegressionModel(ModelStore.Content content, Uids.Announced unused) {
        model = content.model();
        history = content.history();
        featureParams = new FeatureParams(this);
        numberUncertaintyParams = new NumberUncertaintyParams(this);
        featureParams.setDefaults(this);
        numberUncertaintyParams.setDefaults(this);
        DataSchema known = DataSchema.of(model.description());
        if (!known.targets().equals(Targets.VALUES)) {
            throw new IllegalArgumentException(
                    uid() + ": the model predicts classes; NeuralNetworkClassificationModel is for these");
        }
        ModelColumns.use(this, known);
    }

    @Override
    public String uid() {
        if (uid == null) {
            uid = Uids.take("NeuralNetworkRegressionModel");
        }
        return uid;
    }

    @Override
    public FeatureParams featureParams() {
        return featureParams;
    }

    @Override
    public NumberUncertaintyParams numberUncertaintyParams() {
        return numberUncertaintyParams;
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
     * rows, 5 times; the figures are by how much the mean loss grows, and the root mean squared error grows.
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

    /** How many numbers are predicted. */
    public int numTargets() {
        return NumberCells.predictions(this, model.network()).numbers();
    }

    @Override
    public int numFeatures() {
        return model.network().input().size();
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
        StructType wider = schema;
        for (StructField field : NumberFields.of(this, numTargets())) {
            wider = Columns.with(wider, field, this);
        }
        return wider;
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        StructType schema = transformSchema(dataset.schema(), true);
        return scoring().transform(dataset, this, NumberCells.of(this, model.network()), schema);
    }

    /**
     * Predicts the number of one row.
     *
     * @throws IllegalStateException if there are several; see {@link #predictAll}
     */
    @Override
    public double predict(Vector features) {
        if (numTargets() != 1) {
            throw new IllegalStateException(
                    uid() + ": the model predicts " + numTargets() + " numbers, which predictAll gives");
        }
        return predictAll(features).apply(0);
    }

    /** Predicts all numbers of one row. */
    public Vector predictAll(Vector features) {
        NumberCells cells = NumberCells.predictions(this, model.network());
        return scoring().predict(features, getSamples(), (predicted, row) -> {
            Object[] cell = new Object[1];
            cells.write(predicted, row, new CellList(cell));
            return cell[0] instanceof Vector several ? several : new DenseVector(new double[] {(double) cell[0]});
        });
    }

    @Override
    public NeuralNetworkRegressionModel copy(ParamMap extra) {
        NeuralNetworkRegressionModel copy = new NeuralNetworkRegressionModel(uid(), content());
        copyValues(copy, extra);
        return copy.setParent(parent());
    }

    @Override
    public ModelStore.Content content() {
        return new ModelStore.Content(model, history, null);
    }

    /** How the training went; none if that is not known. */
    @Override
    public Option<NeuralNetworkRegressionTrainingSummary> trainingSummary() {
        TrainingHistory known = history;
        return known == null ? Option.empty() : Option.apply(new NeuralNetworkRegressionTrainingSummary(known));
    }

    /** For Spark's trait only. */
    @Override
    @SuppressWarnings("MethodName") // Scala's name for it
    public void trainingSummary_$eq(Option<NeuralNetworkRegressionTrainingSummary> given) {
        if (given.isEmpty()) {
            history = null;
        }
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
    public static MLReader<NeuralNetworkRegressionModel> read() {
        return new StoredStage.Reader<>(NeuralNetworkRegressionModel.class, NeuralNetworkRegressionModel::new);
    }

    /** Reads a model that {@link #write} wrote, or a directory of the command line. */
    public static NeuralNetworkRegressionModel load(String path) {
        return read().load(path);
    }

    @Override
    public String toString() {
        return "NeuralNetworkRegressionModel: uid=" + uid() + ", numTargets=" + numTargets() + ", numFeatures="
                + numFeatures();
    }
}
