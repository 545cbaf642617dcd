package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;

/** Outputs, targets and weights for a loss, all 0 (weights 1) until a test writes into them. */
final class LossCase {
    private final Batch batch;
    private final Pass pass = new Pass();
    private final Tensor output;
    private final Tensor gradient;
    private final int rows;

    /** A case of one shard; lengths are those of the rows' sequences, none for rows without. */
    LossCase(Shape outputShape, Shape targetShape, int rows, int... lengths) {
        this.rows = rows;
        boolean sequences = lengths.length > 0;
        batch = new Batch(new RowLayout(Shape.of(1), targetShape, false, sequences), rows, 1);
        batch.beginShard();
        for (int i = 0; i < rows; i++) {
            float[] packed = new float[batch.layout().width()];
            if (sequences) {
                packed[batch.layout().lengthOffset()] = lengths[i];
            }
            batch.addRow(packed, 0, 0);
        }
        batch.endShard();
        pass.beginTraining(1, 0, 0, batch);
        output = Tensor.allocate(rows, outputShape);
        gradient = Tensor.allocate(rows, outputShape);
        Arrays.fill(gradient.array(), Float.NaN);
    }

    float[] outputs() {
        return output.array();
    }

    float[] targets() {
        return batch.targets().array();
    }

    float[] weights() {
        return batch.weights();
    }

    /** What the last evaluation left. */
    float[] gradient() {
        return gradient.array();
    }

    RowLosses evaluate(Loss loss) {
        RowLosses losses = loss.newRows(rows);
        loss.evaluate(pass, output, batch.targets(), batch.weights(), gradient, losses);
        return losses;
    }

    /** As training does, of targets that are scaled. */
    RowLosses train(Loss loss, Scaling targets) {
        RowLosses losses = loss.newRows(rows);
        loss.train(pass, output, batch.targets(), targets, batch.weights(), gradient, losses);
        return losses;
    }

    /** The same in the units of targets that the network sees scaled. */
    RowLosses evaluate(Loss loss, Scaling targets) {
        RowLosses losses = loss.newRows(rows);
        loss.evaluateInOwnUnits(pass, output, batch.targets(), targets, batch.weights(), gradient, losses);
        return losses;
    }
}
