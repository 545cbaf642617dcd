package dev.lockstep.nn.io;

import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.model.CellPredictor;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;

/**
 * A model as it lies in its directory.
 *
 * @param description all but the numbers
 * @param network the description's network
 * @param parameters the numbers
 */
public record SavedModel(ModelDescription description, Network network, Parameters parameters) {

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
        String sha256 = ModelFiles.sha256(parameters);
        return new SavedModel(ModelDescription.of(spec, input, scaling, seed, columns, sha256), network, parameters);
    }

    /** What rows must hold for the network, as they stand in the data. */
    public RowRules rowRules() {
        return network.rowRules(description.scaling().mean().length > 0);
    }

    /**
     * A predictor for at most {@code maxRows} rows at a time, for one thread. Where the training rows had lengths of
     * their own, it expects the number of valid steps behind a row's features.
     */
    public Predictor predictor(int maxRows) {
        return new Predictor(
                network, parameters, description.scaling(), description.seed(), 0, maxRows, description.lengths());
    }

    /**
     * A predictor of rows whose cells have names, for at most {@code maxRows} of them at a time, for one thread.
     *
     * @throws IllegalArgumentException if the model does not say which columns it was trained on, or they hold several
     *     numbers each
     */
    public CellPredictor cellPredictor(int maxRows) {
        RowEncoding encoding = description.encoding();
        if (encoding == null) {
            List<String> columns = description.features();
            if (columns == null || columns.size() != network.input().size()) {
                throw new IllegalArgumentException("the model was trained on features that are not columns of one"
                        + " number each; Predictor takes them as they are");
            }
            encoding = RowEncoding.ofNumbers(columns);
        }
        return new CellPredictor(predictor(maxRows), network.input(), rowRules(), encoding);
    }
}
