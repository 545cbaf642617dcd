package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.optim.ElementwiseOptimizer;
import dev.lockstep.nn.optim.OptimizerStep;
import dev.lockstep.nn.tensor.Vector;

/**
 * What a step does with the gradient sums of one tensor.
 *
 * @param step the optimiser's arguments for gradients that have been {@link #prepare prepared}
 * @param scale one over the total weight, times the factor of a bound on the norm
 * @param bound greatest magnitude of an element; infinity for none
 * @param l1 the L1 penalty; 0 for none
 */
record TensorRule(OptimizerStep step, float scale, float bound, float l1) {

    /** The rule of a tensor in one step. */
    static TensorRule of(ParameterUpdate update, ParameterTensor tensor, long step, double learningRate, float scale) {
        boolean weight = tensor.weight();
        float l1 = weight ? (float) update.regularization().l1() : 0f;
        float l2 = weight ? (float) update.regularization().l2() : 0f;
        Double value = update.clipping().value();
        float bound = value == null ? Float.POSITIVE_INFINITY : value.floatValue();
        boolean prepares = l1 != 0f || bound < Float.POSITIVE_INFINITY;
        return new TensorRule(
                new OptimizerStep(step + 1, learningRate, prepares ? 1f : scale, l2, weight), scale, bound, l1);
    }

    /** Bounds the gradient and adds the L1 penalty where there is one; what is left to the optimiser. */
    void prepare(Vector theta, Vector gradient) {
        if (l1 != 0f || bound < Float.POSITIVE_INFINITY) {
            Kernels.get().optimizers().boundedGradient(scale, bound, l1, theta, gradient);
        }
    }

    /** Whether parameters without a gradient, and what the optimiser remembers of them, stay as they are. */
    boolean restsWithoutGradient(ElementwiseOptimizer optimizer) {
        return optimizer.restsWithoutGradient() && l1 == 0f && step.l2() == 0f;
    }
}
