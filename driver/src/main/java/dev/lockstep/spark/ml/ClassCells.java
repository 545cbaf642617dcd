package dev.lockstep.spark.ml;

import dev.lockstep.nn.loss.PredictionColumn;
import dev.lockstep.nn.loss.PredictionColumn.Content;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.loss.TargetNames;
import dev.lockstep.nn.model.Network;
import dev.lockstep.spark.predict.CellList;
import dev.lockstep.spark.predict.CellSink;
import dev.lockstep.spark.predict.PredictionCells;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.DenseVector;
import org.jspecify.annotations.Nullable;

/**
 * A row's classes as cells, in spark.ml's order: the outputs before the link, the probability of each class, the most
 * probable class, how sure it is; each unless it is not wanted.
 */
final class ClassCells implements PredictionCells {
    private static final long serialVersionUID = 1L;

    private final PredictionColumn[] probabilities;
    private final PredictionColumn mostProbable;
    private final double @Nullable [] thresholds;
    private final boolean writesRaw;
    private final boolean writesProbability;
    private final boolean writesPrediction;
    private final PredictionColumn[] uncertainty;

    /**
     * The predictions of a network of classes.
     *
     * @param wanted whether raw outputs, probabilities and the class are wanted
     * @param thresholds see {@link #decide}; null: none
     * @param uncertainty what else is wanted
     */
    private ClassCells(
            List<PredictionColumn> columns,
            boolean[] wanted,
            double @Nullable [] thresholds,
            List<PredictionColumn> uncertainty) {
        probabilities = columns.stream()
                .filter(column -> column.content() == Content.PROBABILITY || column.content() == Content.COMPLEMENT)
                .toArray(PredictionColumn[]::new);
        mostProbable = columns.stream()
                .filter(PredictionColumn::holdsClass)
                .findFirst()
                .orElseThrow();
        this.thresholds = thresholds;
        writesRaw = wanted[0];
        writesProbability = wanted[1];
        writesPrediction = wanted[2];
        this.uncertainty = uncertainty.toArray(PredictionColumn[]::new);
    }

    /** The cells that a model's Params ask for. */
    static ClassCells of(NeuralNetworkClassificationModel model, Network network) {
        boolean mixed = model.getSamples() > 0 || network.members().size() > 1;
        List<PredictionColumn> columns =
                network.likelihood().columns(new TargetNames(true, null, List.of()), network.output(), mixed);
        List<PredictionColumn> uncertainty = new ArrayList<>();
        Wanted wanted = new Wanted(model.uid(), columns);
        wanted.add("entropyCol", model.getEntropyCol(), Content.ENTROPY, uncertainty);
        wanted.add("mutualInformationCol", model.getMutualInformationCol(), Content.MUTUAL_INFORMATION, uncertainty);
        boolean[] standard = {
            !model.getRawPredictionCol().isEmpty(),
            !model.getProbabilityCol().isEmpty(),
            !model.getPredictionCol().isEmpty()
        };
        double[] thresholds = model.isDefined(model.thresholds()) ? model.getThresholds() : null;
        return new ClassCells(columns, standard, thresholds, uncertainty);
    }

    /** How many classes there are. */
    int classes() {
        return probabilities.length;
    }

    /** Whether one output tells two classes apart. */
    private boolean isSingleOutput() {
        return probabilities[0].content() == Content.COMPLEMENT;
    }

    @Override
    public int width() {
        return (writesRaw ? 1 : 0) + (writesProbability ? 1 : 0) + (writesPrediction ? 1 : 0) + uncertainty.length;
    }

    @Override
    public void write(PredictiveDistribution predicted, int row, CellSink out) {
        if (writesRaw) {
            writeRaw(predicted, row, out);
        }
        if (writesProbability) {
            out.vector(probabilities.length);
            for (PredictionColumn column : probabilities) {
                out.element(column.read(predicted, row));
            }
        }
        if (writesPrediction) {
            out.number(prediction(predicted, row));
        }
        for (PredictionColumn column : uncertainty) {
            out.number(column.read(predicted, row));
        }
    }

    private void writeRaw(PredictiveDistribution predicted, int row, CellSink out) {
        float[] outputs = predicted.outputs().array();
        int offset = predicted.outputs().rowOffset(row);
        out.vector(classes());
        if (isSingleOutput()) {
            out.element(-outputs[offset]);
            out.element(outputs[offset]);
            return;
        }
        for (int i = 0; i < probabilities.length; i++) {
            out.element(outputs[offset + i]);
        }
    }

    /** The outputs before the link, one a class: where a single output tells two classes apart, {@code -z} and it. */
    DenseVector raw(PredictiveDistribution predicted, int row) {
        Object[] cell = new Object[1];
        writeRaw(predicted, row, new CellList(cell));
        return (DenseVector) cell[0];
    }

    /** The probability of each class. */
    DenseVector probability(PredictiveDistribution predicted, int row) {
        double[] values = new double[classes()];
        for (int i = 0; i < values.length; i++) {
            values[i] = probabilities[i].read(predicted, row);
        }
        return new DenseVector(values);
    }

    /** The index of the class that is decided for. */
    double prediction(PredictiveDistribution predicted, int row) {
        return thresholds == null
                ? mostProbable.read(predicted, row)
                : decide(probability(predicted, row).values(), thresholds);
    }

    /**
     * The class with the greatest {@code p / t}, as spark.ml decides; one whose threshold is 0 is taken whenever its
     * probability is above 0.
     */
    static int decide(double[] probabilities, double[] thresholds) {
        int best = 0;
        double greatest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < probabilities.length; i++) {
            double scaled = thresholds[i] == 0 && probabilities[i] == 0 ? 0 : probabilities[i] / thresholds[i];
            if (scaled > greatest) {
                greatest = scaled;
                best = i;
            }
        }
        return best;
    }
}
