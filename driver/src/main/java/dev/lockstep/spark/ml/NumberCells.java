package dev.lockstep.spark.ml;

import dev.lockstep.nn.loss.PredictionColumn;
import dev.lockstep.nn.loss.PredictionColumn.Content;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.loss.TargetNames;
import dev.lockstep.nn.model.Network;
import dev.lockstep.spark.predict.CellSink;
import dev.lockstep.spark.predict.PredictionCells;
import java.util.ArrayList;
import java.util.List;

/** A row's numbers as cells: the prediction, and how sure it is; each a number, or a vector of several. */
final class NumberCells implements PredictionCells {
    private static final long serialVersionUID = 1L;

    private final PredictionColumn[][] cells;

    private NumberCells(List<List<PredictionColumn>> cells) {
        this.cells = cells.stream()
                .map(columns -> columns.toArray(PredictionColumn[]::new))
                .toArray(PredictionColumn[][]::new);
    }

    /** The cells that a model's Params ask for. */
    static NumberCells of(NeuralNetworkRegressionModel model, Network network) {
        Wanted wanted = wanted(model, network);
        List<List<PredictionColumn>> cells = new ArrayList<>();
        if (!model.getPredictionCol().isEmpty()) {
            cells.add(wanted.of(Content.PREDICTION));
        }
        add(wanted, "standardDeviationCol", model.getStandardDeviationCol(), Content.STANDARD_DEVIATION, cells);
        add(wanted, "aleatoricDeviationCol", model.getAleatoricDeviationCol(), Content.ALEATORIC_DEVIATION, cells);
        add(wanted, "epistemicDeviationCol", model.getEpistemicDeviationCol(), Content.EPISTEMIC_DEVIATION, cells);
        add(wanted, "lower95Col", model.getLower95Col(), Content.LOWER_95, cells);
        add(wanted, "upper95Col", model.getUpper95Col(), Content.UPPER_95, cells);
        return new NumberCells(cells);
    }

    /** The predictions alone. */
    static NumberCells predictions(NeuralNetworkRegressionModel model, Network network) {
        return new NumberCells(List.of(wanted(model, network).of(Content.PREDICTION)));
    }

    private static Wanted wanted(NeuralNetworkRegressionModel model, Network network) {
        boolean mixed = model.getSamples() > 0 || network.members().size() > 1;
        return new Wanted(
                model.uid(),
                network.likelihood().columns(new TargetNames(false, null, List.of()), network.output(), mixed));
    }

    private static void add(
            Wanted wanted, String param, String name, Content content, List<List<PredictionColumn>> cells) {
        List<PredictionColumn> found = new ArrayList<>();
        wanted.add(param, name, content, found);
        if (!found.isEmpty()) {
            cells.add(found);
        }
    }

    /** How many numbers the first cell holds. */
    int numbers() {
        return cells[0].length;
    }

    @Override
    public int width() {
        return cells.length;
    }

    @Override
    public void write(PredictiveDistribution predicted, int row, CellSink out) {
        for (PredictionColumn[] columns : cells) {
            if (columns.length == 1) {
                out.number(columns[0].read(predicted, row));
                continue;
            }
            out.vector(columns.length);
            for (PredictionColumn column : columns) {
                out.element(column.read(predicted, row));
            }
        }
    }
}
