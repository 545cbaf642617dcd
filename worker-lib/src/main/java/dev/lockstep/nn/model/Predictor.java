package dev.lockstep.nn.model;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.List;

/** A trained network that predicts, in one thread. Each row's prediction depends on that row alone. */
public final class Predictor {
    private final Parameters parameters;
    private final Scaling scaling;
    private final long hashSeed;
    /** Whether random streams need the rows' keys. */
    private final boolean sampling;

    private final RowLayout layout;
    private final float[] packed;
    private final RowArray one;
    private final Replica replica;
    private final PredictivePass predictive;

    /**
     * A predictor for at most {@code maxRows} rows at a time.
     *
     * @param network the network
     * @param parameters what it has learned; read
     * @param scaling what is done to features
     * @param seed the job's seed
     * @param samples predictive samples, for networks with dropout or distributions over weights; 0: nothing is random
     * @param sequences whether rows say behind their features how many of their steps are valid
     */
    public Predictor(
            Network network,
            Parameters parameters,
            Scaling scaling,
            long seed,
            int samples,
            int maxRows,
            boolean sequences) {
        this(network, parameters, new Reading(scaling, sequences, Decision.PLAIN), seed, samples, maxRows);
    }

    /**
     * The steps between the numbers of a row and the network, and between its outputs and the predictions.
     *
     * @param scaling what is done to features and targets
     * @param sequences whether rows say behind their features how many of their steps are valid
     * @param decision how outputs become probabilities and classes
     */
    public record Reading(Scaling scaling, boolean sequences, Decision decision) {}

    /**
     * The same of a network whose outputs are decided upon otherwise.
     *
     * @param reading of rows and outputs
     */
    public Predictor(Network trained, Parameters learned, Reading reading, long seed, int samples, int maxRows) {
        Network network = trained.unshared();
        parameters = trained.unshare(learned);
        this.scaling = reading.scaling();
        hashSeed = CanonicalOrder.hashSeed(seed);
        sampling = samples > 0;
        layout = new RowLayout(network.input(), Shape.of(1), false, reading.sequences());
        packed = new float[layout.width()];
        one = new RowArray(layout, 1);
        replica = new Replica(network, layout, maxRows, 1);
        predictive =
                new PredictivePass(network, replica, scaling.targets(), seed, samples, maxRows, reading.decision());
    }

    /**
     * Predicts.
     *
     * @param rows features of each row, as they stand in the data (not scaled), and its valid steps if it says them;
     *     read
     * @return one row of outputs after the loss's link (probabilities, or means) for each; valid until the next call
     */
    public Tensor predict(List<float[]> rows) {
        Batch batch = replica.batch();
        batch.clear();
        batch.beginShard();
        for (float[] features : rows) {
            int size = layout.features().size();
            int expected = layout.sequences() ? size + 1 : size;
            if (features.length != expected) {
                throw new IllegalArgumentException("expected " + size + " features"
                        + (layout.sequences() ? " and the number of steps" : "") + ", got " + features.length);
            }
            System.arraycopy(features, 0, packed, 0, size);
            if (layout.sequences()) {
                packed[layout.lengthOffset()] = checkedLength(features[size]);
            }
            one.clear();
            one.add(packed, 0);
            add(one, 0);
        }
        return predictBatch();
    }

    /**
     * Predicts rows of {@link #newRows}, which may be kept as entries.
     *
     * @return as above
     */
    public Tensor predict(RowArray rows) {
        Batch batch = replica.batch();
        batch.clear();
        batch.beginShard();
        for (int row = 0; row < rows.rows(); row++) {
            add(rows, row);
        }
        return predictBatch();
    }

    /** Room for rows to predict: their features, not scaled, with a target that is not looked at, and their length. */
    public RowArray newRows() {
        return new RowArray(layout, 0);
    }

    private void add(RowArray rows, int row) {
        replica.batch().addRow(rows, row, sampling ? CanonicalOrder.rowKey(layout, rows, row, hashSeed) : 0);
    }

    private Tensor predictBatch() {
        Batch batch = replica.batch();
        batch.endShard();
        scaling.apply(batch);
        predictive.run(parameters);
        return predictive.distribution().predictions();
    }

    private float checkedLength(float length) {
        int steps = layout.features().dimension(0);
        if (length != (int) length || length < 0 || length > steps) {
            throw new IllegalArgumentException(
                    "expected a whole number of steps from 0 to " + steps + ", got " + length);
        }
        return length;
    }

    /** How sure the last predictions are. */
    public PredictiveDistribution uncertainty() {
        return predictive.distribution();
    }
}
