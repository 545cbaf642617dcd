package dev.lockstep.nn.io;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.column.FeatureColumns;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.model.AttributionReadout;
import dev.lockstep.nn.model.Attributor;
import dev.lockstep.nn.model.CellPredictor;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.PredictionReadout;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.nn.model.TextGenerator;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Spread;
import dev.lockstep.nn.tensor.Shape;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model as it lies in its directory: its description, and its numbers. It can be serialised, by whatever sets fields
 * of plain types; the network is bound where it arrives, once for all threads.
 */
public final class SavedModel implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The text of {@code model.json}: records do not pass every serialiser, bytes do. */
    private final byte[] json;

    private final float[] theta;
    private final float[] buffers;
    /** Those of the distribution that the description has; none where it has none. */
    private final float[] spread;

    private transient volatile @Nullable Bound bound;

    /** Made when it is asked for: see {@link #predicting}. */
    private transient volatile @Nullable Predicting predicting;

    /**
     * The networks that predict, each with weights of its own, also where they shared them in training.
     *
     * @param network binds them
     * @param parameters theirs; shared, not copied
     */
    public record Predicting(Network network, Parameters parameters) {}

    /** What follows from the description. */
    private record Bound(ModelDescription description, Network network) {}

    /**
     * A model.
     *
     * @param json the description's text; not copied
     * @param description all but the numbers
     * @param network the description's network
     * @param parameters the numbers; not copied
     */
    SavedModel(byte[] json, ModelDescription description, Network network, Parameters parameters) {
        this.json = json;
        theta = parameters.theta();
        buffers = parameters.buffers();
        spread =
                parameters.spread() == null ? new float[0] : parameters.spread().values();
        bound = new Bound(description, network);
    }

    /**
     * A model of the current format.
     *
     * @param network the network, bound to its input
     * @param parameters what it has learned; not copied
     * @param scaling what is done to features
     * @param seed the job's seed
     * @param columns the table it was trained on
     */
    public static SavedModel of(
            Network network, Parameters parameters, Scaling scaling, long seed, ModelDescription.Columns columns) {
        ModelSpec spec = network.spec();
        Shape input = network.input();
        ModelDescription description = ModelDescription.of(spec, input, scaling, seed, columns, parameters);
        byte[] json = ModelFiles.json(description).getBytes(StandardCharsets.UTF_8);
        return new SavedModel(json, description, network, parameters);
    }

    /**
     * Reads a model from a directory of the local file system.
     *
     * @throws ModelException if a file is missing or damaged, or they do not belong together
     */
    public static SavedModel load(Path directory) {
        return ModelFiles.load(new LocalDirectory(directory));
    }

    /** The same network, whose outputs are decided upon as was fitted. */
    public SavedModel with(Decision fitted) {
        ModelDescription decided = description().with(fitted);
        byte[] text = ModelFiles.json(decided).getBytes(StandardCharsets.UTF_8);
        return new SavedModel(text, decided, network(), parameters());
    }

    /** All but the numbers. */
    public ModelDescription description() {
        return bound().description();
    }

    /** The description's network. */
    public Network network() {
        return bound().network();
    }

    /** The numbers; shared, not copied. */
    public Parameters parameters() {
        Spread.Form form = description().posterior();
        return new Parameters(theta, buffers, form == null ? null : new Spread(form, spread));
    }

    /** What predicts: the network with its numbers, or those that it stands for where weights were shared. */
    public Predicting predicting() {
        Predicting known = predicting;
        if (known == null) {
            known = new Predicting(network().unshared(), network().unshare(parameters()));
            predicting = known;
        }
        return known;
    }

    private Bound bound() {
        Bound known = bound;
        if (known == null) {
            synchronized (theta) {
                known = bound;
                if (known == null) {
                    ModelDescription description = ModelFiles.description(json);
                    known = new Bound(description, Network.bind(description.model(), description.input()));
                    bound = known;
                }
            }
        }
        return known;
    }

    /** What rows must hold for the network, as they stand in the data. */
    public RowRules rowRules() {
        return network().rowRules(description().scaling().mean().length > 0);
    }

    /**
     * A predictor for at most {@code maxRows} rows at a time, for one thread. Where the training rows had lengths of
     * their own, it expects the number of valid steps behind a row's features.
     */
    public Predictor predictor(int maxRows) {
        return predictor(0, maxRows, description().lengths());
    }

    /**
     * A predictor for one thread.
     *
     * @param samples predictive samples, for networks with dropout or distributions over weights; 0: nothing is random
     * @param maxRows the most rows at a time
     * @param sequences whether rows say behind their features how many of their steps are valid
     */
    public Predictor predictor(int samples, int maxRows, boolean sequences) {
        ModelDescription description = description();
        Predictor.Reading reading = new Predictor.Reading(description.scaling(), sequences, description.decided());
        Predicting networks = predicting();
        return new Predictor(networks.network(), networks.parameters(), reading, description.seed(), samples, maxRows);
    }

    /**
     * Continues texts, for one thread.
     *
     * @throws IllegalArgumentException if the model was not trained to predict the next character
     */
    public TextGenerator textGenerator() {
        List<String> characters = description().classes();
        Predicting networks = predicting();
        return new TextGenerator(
                networks.network(),
                networks.parameters(),
                description().decided(),
                characters == null ? List.of() : characters);
    }

    /**
     * A predictor of rows whose cells have names, for one thread.
     *
     * @param maxRows the most rows of a pass
     */
    public CellPredictor cellPredictor(int maxRows) {
        return cellPredictor(0, maxRows);
    }

    /**
     * A predictor of rows whose cells have names, for one thread. Where the model does not say which columns it was
     * trained on, or they hold several numbers each, the cells are {@link CellPredictor#FEATURES} and
     * {@link CellPredictor#LENGTH}.
     *
     * @param samples predictive samples, for networks with dropout or distributions over weights; 0: nothing is random
     * @param maxRows the most rows of a pass
     */
    public CellPredictor cellPredictor(int samples, int maxRows) {
        ModelDescription description = description();
        Network network = network();
        CellPredictor.Results results =
                new CellPredictor.Results(network.output().rank() <= 2 ? readout(samples) : null, maxRows);
        Predictor predictor = predictor(samples, maxRows, description.lengths());
        RowEncoding encoding = description.cells();
        return encoding == null
                ? CellPredictor.ofFeatures(predictor, network, rowRules(), description.lengths(), results)
                : CellPredictor.ofColumns(predictor, network, rowRules(), encoding, results);
    }

    /** Which features come from which column of the data, as the training rows had them. */
    public FeatureColumns featureColumns() {
        return FeatureColumns.of(network().input(), description().cells());
    }

    /**
     * What the parts are about that {@link #attributor} gives.
     *
     * @throws IllegalArgumentException if a row's output is a sequence
     */
    public AttributionReadout attributions() {
        String obstacle = network().output().rank() == 1
                ? network().likelihood().outputsObstacle()
                : "an output " + network().output() + " for each row";
        if (obstacle != null) {
            throw new IllegalArgumentException(
                    "attributions: expected a model whose outputs are what is predicted, got " + obstacle);
        }
        return AttributionReadout.of(readout(0), featureColumns());
    }

    /**
     * Explains predictions by the columns, for one thread.
     *
     * @param maxRows the most rows at a time
     * @throws IllegalArgumentException if a row's output is a sequence, or the network has embeddings in branches
     */
    public Attributor attributor(int maxRows) {
        ModelDescription description = description();
        RowLayout rows = new RowLayout(description.input(), Shape.of(1), false, description.lengths());
        Predicting networks = predicting();
        return new Attributor(
                networks.network(),
                networks.parameters(),
                description.scaling(),
                featureColumns(),
                AttributionReadout.outputs(readout(0), description.scaling(), description.decided()),
                rows,
                maxRows);
    }

    /**
     * The columns that predictions come as.
     *
     * @param samples predictive samples; 0: nothing is random
     * @throws IllegalArgumentException if a row's output has more than two dimensions
     */
    public PredictionReadout readout(int samples) {
        return PredictionReadout.of(network(), description().targetNames(network()), samples, 0);
    }
}
