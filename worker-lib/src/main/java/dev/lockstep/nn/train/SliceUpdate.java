package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.kernel.Reductions;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.optim.ElementwiseOptimizer;
import dev.lockstep.nn.optim.TensorPart;
import dev.lockstep.nn.param.GradientPiece;
import dev.lockstep.nn.param.GradientRows;
import dev.lockstep.nn.param.GradientSlice;
import dev.lockstep.nn.param.GradientVector;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ParameterUpdate} on one slice of the flat vector. What needs more than the slice, the norm of the whole
 * gradient (clipping) or of a tensor (LAMB), is a sum of block sums in block order: each owner contributes those of its
 * blocks. All slices together have the bits of one that is the whole vector.
 *
 * <p>Bounding the weights needs whole tensors and is left to {@link ParameterUpdate#boundWeights}.
 */
final class SliceUpdate {
    private final ParameterUpdate update;
    private final int from;
    private final int to;
    private final BlockSums others;
    private final List<Piece> pieces = new ArrayList<>();
    private @Nullable RowUpdate rowUpdate;

    /** The part of a tensor that lies in the slice, with views of its numbers in the step that is taken. */
    private static final class Piece {
        final ParameterTensor tensor;
        final int from;
        final int length;
        /** Number of the tensor's first block among the blocks of all tensors that are not frozen. */
        final int firstBlock;

        final Vector theta = new Vector();
        final Vector gradient = new Vector();
        final Matrix state = new Matrix();
        /** The gradient where it is kept as rows; null where it is a vector. */
        @Nullable
        GradientRows rows;

        Piece(ParameterTensor tensor, int from, int length, int firstBlock) {
            this.tensor = tensor;
            this.from = from;
            this.length = length;
            this.firstBlock = firstBlock;
        }

        /**
         * Points the view of the gradient.
         *
         * @param piece has all of it
         * @param byRows whether it may stay rows
         */
        void point(GradientPiece piece, boolean byRows) {
            GradientPiece own = piece.part(from, from + length);
            rows = byRows && own instanceof GradientRows kept ? kept : null;
            if (own instanceof GradientSlice slice) {
                gradient.at(slice.values(), slice.offset(), length);
            } else if (rows == null) {
                float[] whole = new float[length];
                ((GradientRows) own).copyTo(from, from + length, whole, 0);
                gradient.at(whole, 0, length);
            }
        }

        int blocks() {
            return (length + Reductions.BLOCK - 1) / Reductions.BLOCK;
        }

        /** The sum of the squares of block {@code block} of one of the views. */
        double squares(int block, Vector view) {
            int start = block * Reductions.BLOCK;
            return Kernels.get()
                    .reductions()
                    .sumOfSquares(view.array(), view.offset() + start, Math.min(Reductions.BLOCK, length - start));
        }
    }

    /**
     * The update of a slice.
     *
     * @param update of all parameters
     * @param from first parameter of the slice
     * @param to after its last parameter
     * @param others who own the other slices
     */
    SliceUpdate(ParameterUpdate update, int from, int to, BlockSums others) {
        this.update = update;
        this.from = from;
        this.to = to;
        this.others = others;
        int block = 0;
        for (ParameterTensor tensor : update.tensors()) {
            if (tensor.frozen()) {
                continue;
            }
            int pieceFrom = Math.max(from, tensor.offset());
            int pieceTo = Math.min(to, tensor.offset() + tensor.length());
            if (pieceFrom < pieceTo) {
                pieces.add(new Piece(tensor, pieceFrom, pieceTo - pieceFrom, block));
            }
            block += tensor.blocks();
        }
    }

    /**
     * Takes one step on the slice.
     *
     * @param step steps taken before this one
     * @param rates what its schedules say
     * @param theta updated in the slice; all of it is read where {@link ParameterUpdate#needsAllSlices}
     * @param gradient read: gradient sum of the slice; destroyed
     * @param losses of the sum's rows: their weight is what it is divided by; 0 changes nothing
     * @param state updated: the optimiser's slots of the slice, slot after slot
     * @param stateOffset where in {@code state} they begin
     */
    void apply(
            long step,
            StepRates rates,
            float[] theta,
            GradientVector gradient,
            LossSum losses,
            float[] state,
            int stateOffset) {
        double weight = losses.weight();
        if (weight == 0) {
            return;
        }
        point(theta, gradient, state, stateOffset);
        double divisor = weight;
        if (update.hasPosteriors()) {
            complete(step, rates.klWeight(), losses, theta, gradient.slice());
            divisor = 1;
        }
        float scale = (float) (clippingFactor(divisor) / divisor);
        List<TensorPart> parts = new ArrayList<>(pieces.size());
        for (Piece piece : pieces) {
            TensorRule rule = TensorRule.of(update, piece.tensor, step, rates.learningRate(), scale);
            if (piece.rows == null) {
                rule.prepare(piece.theta, piece.gradient);
                parts.add(new TensorPart(rule.step(), piece.theta, piece.gradient, piece.state));
            } else {
                stepRows(
                        rule,
                        piece.rows,
                        new RowUpdate.Place(theta, state, stateOffset + piece.from - from, to - from, piece.from));
            }
        }
        update.optimizer().step(parts, this::tensorSquares);
        update.addNoise(step, rates, losses, theta, from, to);
        update.remember(step, theta, from, to, state, stateOffset);
    }

    private void complete(long step, double klWeight, LossSum losses, float[] theta, GradientSlice gradient) {
        Kernels.get()
                .elementwise()
                .scale(
                        (float) (1 / losses.weight()),
                        gradient.values(),
                        gradient.offset(),
                        gradient.values(),
                        gradient.offset(),
                        gradient.length());
        update.completeGradient(step, klWeight, losses, theta, gradient);
    }

    private void stepRows(TensorRule rule, GradientRows rows, RowUpdate.Place place) {
        ElementwiseOptimizer optimizer = (ElementwiseOptimizer) update.optimizer();
        if (rowUpdate == null) {
            rowUpdate = new RowUpdate(optimizer.slots());
        }
        if (update.lazy() || rule.restsWithoutGradient(optimizer)) {
            rowUpdate.stepRows(optimizer, rule, rows, place);
        } else {
            rowUpdate.stepAll(optimizer, rule, rows, place);
        }
    }

    private void point(float[] theta, GradientVector gradient, float[] state, int stateOffset) {
        int slots = update.slots();
        for (Piece piece : pieces) {
            piece.theta.at(theta, piece.from, piece.length);
            piece.point(gradient.piece(piece.from), update.optimizer().elementwise());
            piece.state.at(state, stateOffset + piece.from - from, slots, piece.length, to - from);
        }
    }

    /**
     * The factor of {@link dev.lockstep.nn.optim.GradientClipping}, which needs all owners; also where the gradients of
     * others read theta.
     */
    private double clippingFactor(double divisor) {
        boolean clips = update.clipping().norm() != null;
        if (!clips && !update.hasPosteriors()) {
            return 1;
        }
        double[] own = clips ? gradientSquares() : new double[0];
        double squares = 0;
        for (double block : others.gather(own)) {
            squares += block;
        }
        return clips ? update.clipping().factor(Math.sqrt(squares) / divisor) : 1;
    }

    private double[] gradientSquares() {
        double[] own = new double[blocks()];
        int next = 0;
        for (Piece piece : pieces) {
            if (piece.rows != null) {
                RowUpdate.blockSquares(piece.rows, own, next);
                next += piece.blocks();
                continue;
            }
            for (int block = 0; block < piece.blocks(); block++) {
                own[next++] = piece.squares(block, piece.gradient);
            }
        }
        return own;
    }

    private int blocks() {
        return pieces.stream().mapToInt(Piece::blocks).sum();
    }

    /** The sums of {@link dev.lockstep.nn.optim.TensorSquares}, from the sums of the blocks of all owners. */
    private double[] tensorSquares() {
        double[] own = new double[2 * blocks()];
        int next = 0;
        for (Piece piece : pieces) {
            for (int block = 0; block < piece.blocks(); block++) {
                own[next++] = piece.squares(block, piece.theta);
                own[next++] = piece.squares(block, piece.gradient);
            }
        }
        double[] blocks = others.gather(own);
        double[] sums = new double[2 * pieces.size()];
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            for (int block = 0; block < piece.tensor.blocks(); block++) {
                sums[2 * i] += blocks[2 * (piece.firstBlock + block)];
                sums[2 * i + 1] += blocks[2 * (piece.firstBlock + block) + 1];
            }
        }
        return sums;
    }
}
