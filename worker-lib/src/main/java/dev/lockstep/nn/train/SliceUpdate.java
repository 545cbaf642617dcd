package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.kernel.Reductions;
import dev.lockstep.nn.optim.ElementwiseOptimizer;
import dev.lockstep.nn.optim.Lamb;
import dev.lockstep.nn.optim.OptimizerStep;
import dev.lockstep.nn.param.GradientSlice;
import java.util.ArrayList;
import java.util.List;

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

    /**
     * The part of a tensor that lies in the slice.
     *
     * @param from its first parameter
     * @param length how many parameters
     * @param firstBlock number of the tensor's first block among the blocks of the whole vector
     */
    private record Piece(ParameterTensor tensor, int from, int length, int firstBlock) {
        int blocks() {
            return (length + Reductions.BLOCK - 1) / Reductions.BLOCK;
        }

        /** The sum of the squares of block {@code block} of this piece, whose first element lies at {@code offset}. */
        double squares(int block, float[] vector, int offset) {
            int start = block * Reductions.BLOCK;
            return Kernels.get()
                    .reductions()
                    .sumOfSquares(vector, offset + start, Math.min(Reductions.BLOCK, length - start));
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
     * @param learningRate its learning rate
     * @param theta updated in the slice; all of it is read where {@link ParameterUpdate#needsAllSlices}
     * @param gradient read: gradient sum of the slice; destroyed
     * @param weight what the sum is divided by; 0 changes nothing
     * @param state updated: the optimiser's slots of the slice, slot after slot
     * @param stateOffset where in {@code state} they begin
     */
    void apply(
            long step,
            double learningRate,
            float[] theta,
            GradientSlice gradient,
            double weight,
            float[] state,
            int stateOffset) {
        if (weight == 0) {
            return;
        }
        double divisor = weight;
        if (update.hasPosteriors()) {
            Kernels.get()
                    .elementwise()
                    .scale(
                            (float) (1 / weight),
                            gradient.values(),
                            gradient.offset(),
                            gradient.values(),
                            gradient.offset(),
                            gradient.length());
            update.completeGradient(step, theta, gradient);
            divisor = 1;
        }
        float scale = (float) (clippingFactor(gradient, divisor) / divisor);
        List<OptimizerStep> steps = new ArrayList<>(pieces.size());
        for (Piece piece : pieces) {
            steps.add(prepare(step, learningRate, piece, scale, theta, gradient));
        }
        if (update.optimizer() instanceof ElementwiseOptimizer elementwise) {
            for (int i = 0; i < pieces.size(); i++) {
                Piece piece = pieces.get(i);
                elementwise.update(
                        steps.get(i),
                        theta,
                        piece.from(),
                        gradient.values(),
                        gradient.index(piece.from()),
                        state,
                        stateOffset + piece.from() - from,
                        to - from,
                        piece.length());
            }
        } else {
            stepByTensor((Lamb) update.optimizer(), steps, theta, gradient, state, stateOffset);
        }
    }

    /**
     * The factor of {@link dev.lockstep.nn.optim.GradientClipping}, which needs all owners; also where the gradients of
     * others read theta.
     */
    private double clippingFactor(GradientSlice gradient, double divisor) {
        boolean clips = update.clipping().norm() != null;
        if (!clips && !update.hasPosteriors()) {
            return 1;
        }
        double[] own = clips ? squares(gradient) : new double[0];
        double squares = 0;
        for (double block : others.gather(own)) {
            squares += block;
        }
        return clips ? update.clipping().factor(Math.sqrt(squares) / divisor) : 1;
    }

    private double[] squares(GradientSlice gradient) {
        double[] own = new double[blocks()];
        int next = 0;
        for (Piece piece : pieces) {
            for (int block = 0; block < piece.blocks(); block++) {
                own[next++] = piece.squares(block, gradient.values(), gradient.index(piece.from()));
            }
        }
        return own;
    }

    private int blocks() {
        return pieces.stream().mapToInt(Piece::blocks).sum();
    }

    /** Bounds the gradient and adds the L1 penalty where there is one; what is left to the optimiser. */
    private OptimizerStep prepare(
            long step, double learningRate, Piece piece, float scale, float[] theta, GradientSlice gradient) {
        boolean weight = piece.tensor().weight();
        float l1 = weight ? (float) update.regularization().l1() : 0f;
        float l2 = weight ? (float) update.regularization().l2() : 0f;
        Double value = update.clipping().value();
        float bound = value == null ? Float.POSITIVE_INFINITY : value.floatValue();
        float remaining = scale;
        if (l1 != 0f || bound < Float.POSITIVE_INFINITY) {
            Kernels.get()
                    .optimizers()
                    .boundedGradient(
                            theta,
                            piece.from(),
                            gradient.values(),
                            gradient.index(piece.from()),
                            piece.length(),
                            scale,
                            bound,
                            l1);
            remaining = 1f;
        }
        return new OptimizerStep(step + 1, learningRate, remaining, l2, weight);
    }

    private void stepByTensor(
            Lamb lamb,
            List<OptimizerStep> steps,
            float[] theta,
            GradientSlice gradient,
            float[] state,
            int stateOffset) {
        double[] own = new double[2 * blocks()];
        int next = 0;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            int at = gradient.index(piece.from());
            lamb.direction(
                    steps.get(i),
                    theta,
                    piece.from(),
                    gradient.values(),
                    at,
                    state,
                    stateOffset + piece.from() - from,
                    to - from,
                    piece.length());
            for (int block = 0; block < piece.blocks(); block++) {
                own[next++] = piece.squares(block, theta, piece.from());
                own[next++] = piece.squares(block, gradient.values(), at);
            }
        }
        double[] squares = others.gather(own);
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            double parameterSquares = 0;
            double directionSquares = 0;
            for (int block = 0; block < piece.tensor().blocks(); block++) {
                parameterSquares += squares[2 * (piece.firstBlock() + block)];
                directionSquares += squares[2 * (piece.firstBlock() + block) + 1];
            }
            double ratio = lamb.trustRatio(steps.get(i), parameterSquares, directionSquares);
            float rate = (float) (steps.get(i).learningRate() * ratio);
            Kernels.get()
                    .elementwise()
                    .axpy(-rate, gradient.values(), gradient.index(piece.from()), theta, piece.from(), piece.length());
        }
    }
}
