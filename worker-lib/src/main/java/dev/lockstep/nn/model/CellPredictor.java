package dev.lockstep.nn.model;

import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A trained network that predicts rows as people have them, in one thread: cells by the names of their columns, each a
 * text, a number, a truth value, a date, a time, or null where it is missing. They are encoded as the cells of the
 * training rows were.
 *
 * <p>Where the training rows had no columns of one number each (images, vectors, tokens), a row has the cell
 * {@value #FEATURES}, a list of all its numbers or an array of floats or doubles, and {@value #LENGTH}, the number of
 * its valid steps, if the training rows said it.
 */
public final class CellPredictor {
    /** Name of the cell that holds all features, where they have no columns. */
    public static final String FEATURES = "features";

    /** Name of the cell that holds the number of valid steps beside {@link #FEATURES}. */
    public static final String LENGTH = "length";

    private final Predictor predictor;
    private final RowRules rules;
    private final Shape features;
    private final Shape output;
    private final RowCells cells;
    private final @Nullable PredictionReadout readout;
    private final int maxRows;

    private CellPredictor(Predictor predictor, Network network, RowRules rules, RowCells cells, Results results) {
        this.predictor = predictor;
        this.rules = rules;
        this.features = network.input();
        this.output = network.output();
        this.cells = cells;
        this.readout = results.readout;
        this.maxRows = results.maxRows;
    }

    /**
     * The predictions of rows.
     *
     * @param readout names what is predicted; null where a row's prediction has no columns
     * @param maxRows the most rows that the predictor takes at a time
     */
    public record Results(@Nullable PredictionReadout readout, int maxRows) {}

    /**
     * A predictor of rows of columns.
     *
     * @param predictor of features
     * @param rules what features must be for the network
     * @param encoding how cells become features
     */
    public static CellPredictor ofColumns(
            Predictor predictor, Network network, RowRules rules, RowEncoding encoding, Results results) {
        return new CellPredictor(predictor, network, rules, new EncodedCells(encoding), results);
    }

    /**
     * A predictor of rows whose features have no columns.
     *
     * @param predictor of features
     * @param rules what features must be for the network
     * @param lengths whether the predictor takes a number of steps behind them
     */
    public static CellPredictor ofFeatures(
            Predictor predictor, Network network, RowRules rules, boolean lengths, Results results) {
        return new CellPredictor(predictor, network, rules, new FeatureCells(network.input(), lengths), results);
    }

    /** The names of the cells that a row needs. */
    public List<String> columns() {
        return cells.names();
    }

    /**
     * Predicts one row, by name: {@code prediction} and what goes with it, see {@link PredictionReadout}.
     *
     * @param row its cells by the names of their columns; each column must be there. Others are not looked at
     * @return the name of a class is a String (its index an Integer where it has none), all else a Float; where each
     *     step has predictions, a list of these
     * @throws InvalidRowException if the row lacks a column, or a cell is nothing that its column takes
     * @throws IllegalStateException if the network's output has more than two dimensions
     */
    public Map<String, Object> predictRow(Map<String, ? extends @Nullable Object> row) {
        return predictRows(List.of(row)).get(0);
    }

    /** The same of any number of rows, those of a pass at a time. */
    public List<Map<String, Object>> predictRows(List<? extends Map<String, ? extends @Nullable Object>> rows) {
        if (readout == null) {
            throw new IllegalStateException(
                    "the network's output " + output + " has no columns; predict gives it as a tensor");
        }
        List<float[]> encoded = encode(rows);
        List<Map<String, Object>> predictions = new ArrayList<>(rows.size());
        for (int from = 0; from < encoded.size(); from += maxRows) {
            List<float[]> pass = encoded.subList(from, Math.min(from + maxRows, encoded.size()));
            predictor.predict(pass);
            for (int row = 0; row < pass.size(); row++) {
                predictions.add(readout.read(uncertainty(), row));
            }
        }
        return predictions;
    }

    /**
     * Predicts.
     *
     * @param rows at most as many as the predictor takes at a time; see {@link #predictRow}
     * @return as {@link Predictor#predict}
     * @throws InvalidRowException if a row lacks a column, or a cell is nothing that its column takes
     */
    public Tensor predict(List<? extends Map<String, ? extends @Nullable Object>> rows) {
        return predictor.predict(encode(rows));
    }

    private List<float[]> encode(List<? extends Map<String, ? extends @Nullable Object>> rows) {
        List<float[]> encoded = new ArrayList<>(rows.size());
        for (int row = 0; row < rows.size(); row++) {
            float[] values = cells.features(row, rows.get(row));
            int steps = values.length > features.size() ? (int) values[features.size()] : features.dimension(0);
            int wrong = rules.wrongFeature(values, 0, features, steps);
            if (wrong >= 0) {
                throw new InvalidRowException(
                        row,
                        null,
                        "feature " + wrong + ": expected " + rules.features().expected() + ", got "
                                + Expect.show(values[wrong]));
            }
            encoded.add(values);
        }
        return encoded;
    }

    /** How sure the last predictions are. */
    public PredictiveDistribution uncertainty() {
        return predictor.uncertainty();
    }
}
