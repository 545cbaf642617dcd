package dev.lockstep.nn.model;

import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.data.column.CellException;
import dev.lockstep.nn.data.column.RowEncoder;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.Nearest;
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
 */
public final class CellPredictor {
    private final Predictor predictor;
    private final RowRules rules;
    private final Shape features;
    private final List<String> names;
    private final RowEncoder encoder;

    /**
     * A predictor.
     *
     * @param predictor of features
     * @param features the shape of a row of them
     * @param rules what features must be for the network
     * @param encoding how cells become features
     */
    public CellPredictor(Predictor predictor, Shape features, RowRules rules, RowEncoding encoding) {
        this.predictor = predictor;
        this.rules = rules;
        this.features = features;
        names = encoding.names();
        encoder = encoding.encoder();
    }

    /**
     * Predicts.
     *
     * @param rows the cells of each by the names of their columns; each column must be there. Others are not looked at
     * @return as {@link Predictor#predict}
     * @throws IllegalArgumentException if a row lacks a column, or a cell is nothing that its column takes
     */
    public Tensor predict(List<? extends Map<String, ? extends @Nullable Object>> rows) {
        List<float[]> encoded = new ArrayList<>(rows.size());
        for (int row = 0; row < rows.size(); row++) {
            try {
                encoded.add(encode(rows.get(row)));
            } catch (CellException e) {
                throw new IllegalArgumentException(
                        "row " + row + ", column " + Excerpt.quoted(String.valueOf(e.column())) + ": " + e.complaint(),
                        e);
            }
        }
        return predictor.predict(encoded);
    }

    private float[] encode(Map<String, ? extends @Nullable Object> row) throws CellException {
        @Nullable Object[] cells = new Object[names.size()];
        for (int i = 0; i < cells.length; i++) {
            String name = names.get(i);
            cells[i] = row.get(name);
            if (cells[i] == null && !row.containsKey(name)) {
                throw new IllegalArgumentException("no column " + Excerpt.quoted(name) + "; "
                        + Nearest.hint(name, List.copyOf(row.keySet()), "columns") + "; a missing cell is null");
            }
        }
        if (!encoder.read(cells)) {
            throw new IllegalArgumentException(
                    "a cell is missing in a column with missing: dropRow, so there is no prediction of the row");
        }
        float[] values = new float[encoder.width()];
        encoder.encode(values, 0);
        int wrong = rules.wrongFeature(values, 0, features, features.dimension(0));
        if (wrong >= 0) {
            throw new IllegalArgumentException("feature " + wrong + ": expected "
                    + rules.features().expected() + ", got " + Expect.show(values[wrong]));
        }
        return values;
    }

    /** How sure the last predictions are. */
    public PredictiveDistribution uncertainty() {
        return predictor.uncertainty();
    }
}
