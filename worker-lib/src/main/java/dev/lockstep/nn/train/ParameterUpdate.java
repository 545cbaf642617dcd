package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.layer.Posterior;
import dev.lockstep.nn.layer.StatisticsSlot;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Regularization;
import dev.lockstep.nn.optim.ElementwiseOptimizer;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Horizon;
import dev.lockstep.nn.optim.Lamb;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.OptimizerStep;
import dev.lockstep.nn.optim.Schedule;
import java.io.Serializable;
import java.util.List;

/**
 * Turns a gradient sum into new parameters: divides by the total weight, completes the gradients of distributions over weights and adds
 * their priors, clips, adds the penalties, steps the optimiser tensor by tensor, bounds the weights. The only place where that happens,
 * whoever holds the sum.
 */
public final class ParameterUpdate implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Optimizer optimizer;
    private final Schedule schedule;
    private final Horizon horizon;
    private final long seed;
    private final long rows;
    private final GradientClipping clipping;
    private final Regularization regularization;
    private final List<ParameterTensor> tensors;
    private final List<Posterior> posteriors;
    private final List<StatisticsSlot> statistics;

    /**
     * The update of a network's parameters.
     *
     * @param network whose parameters, with the regularisation of its specification
     * @param optimizer the rule
     * @param schedule the learning rate over time
     * @param plan the length of the training, its seed and how many rows priors are weighed against
     * @param clipping bounds on the gradient
     */
    public ParameterUpdate(
            Network network, Optimizer optimizer, Schedule schedule, TrainingPlan plan, GradientClipping clipping) {
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.horizon = plan.horizon();
        this.seed = plan.seed();
        this.rows = plan.rows();
        this.clipping = clipping;
        this.regularization = network.spec().regularization();
        this.tensors = network.parameters().stream().map(ParameterTensor::of).toList();
        this.posteriors = network.posteriors();
        this.statistics = network.buffers();
    }

    /** The rule. */
    public Optimizer optimizer() {
        return optimizer;
    }

    /**
     * The learning rate of a step.
     *
     * @param step steps taken before it
     * @param history the epochs completed before its own
     */
    public double learningRate(long step, List<EpochMetrics> history) {
        return optimizer.learningRate() * schedule.factor(step, horizon, history);
    }

    /**
     * Takes one step.
     *
     * @param step steps taken before this one
     * @param learningRate its {@link #learningRate}
     * @param theta updated
     * @param gradient read: gradient sum; destroyed
     * @param weight what the sum is divided by; 0, where no row of the step counts, changes nothing
     * @param state updated: the optimiser's slots
     */
    public void apply(long step, double learningRate, float[] theta, float[] gradient, double weight, float[] state) {
        if (weight == 0) {
            return;
        }
        if (posteriors.isEmpty()) {
            applySum(step, learningRate, theta, gradient, weight, state);
            return;
        }
        float share = (float) (1 / weight);
        Kernels.get().elementwise().scale(share, gradient, 0, gradient, 0, theta.length);
        for (Posterior posterior : posteriors) {
            posterior.chain(seed, step, theta, gradient);
            posterior.addPrior(seed, step, rows, theta, gradient);
        }
        applySum(step, learningRate, theta, gradient, 1, state);
    }

    private void applySum(
            long step, double learningRate, float[] theta, float[] gradient, double weight, float[] state) {
        float scale = (float) (clippingFactor(gradient, weight) / weight);
        float bound = clipping.value() == null
                ? Float.POSITIVE_INFINITY
                : clipping.value().floatValue();
        for (ParameterTensor tensor : tensors) {
            float l1 = tensor.weight() ? (float) regularization.l1() : 0f;
            float l2 = tensor.weight() ? (float) regularization.l2() : 0f;
            float remaining = scale;
            if (l1 != 0f || bound < Float.POSITIVE_INFINITY) {
                Kernels.get()
                        .optimizers()
                        .boundedGradient(
                                theta, tensor.offset(), gradient, tensor.offset(), tensor.length(), scale, bound, l1);
                remaining = 1f;
            }
            step(
                    tensor,
                    new OptimizerStep(step + 1, learningRate, remaining, l2, tensor.weight()),
                    theta,
                    gradient,
                    state);
            if (tensor.weight() && regularization.maxNorm() > 0) {
                tensor.boundColumns(theta, regularization.maxNorm());
            }
        }
    }

    /**
     * Mixes the moments of a step's rows into the running statistics; once a step, beside {@link #apply}.
     *
     * @param moments read: merged over all of the step's rows
     * @param buffers updated
     */
    public void updateStatistics(double[] moments, float[] buffers) {
        for (StatisticsSlot slot : statistics) {
            slot.update(moments, buffers);
        }
    }

    private double clippingFactor(float[] gradient, double weight) {
        if (clipping.norm() == null) {
            return 1;
        }
        double squares = 0;
        for (ParameterTensor tensor : tensors) {
            squares = tensor.addSquares(gradient, squares);
        }
        return clipping.factor(Math.sqrt(squares) / weight);
    }

    private void step(ParameterTensor tensor, OptimizerStep step, float[] theta, float[] gradient, float[] state) {
        int offset = tensor.offset();
        int length = tensor.length();
        if (optimizer instanceof ElementwiseOptimizer elementwise) {
            elementwise.update(step, theta, offset, gradient, offset, state, offset, theta.length, length);
        } else {
            Lamb lamb = (Lamb) optimizer;
            lamb.direction(step, theta, offset, gradient, offset, state, offset, theta.length, length);
            double ratio = lamb.trustRatio(step, tensor.addSquares(theta, 0), tensor.addSquares(gradient, 0));
            float rate = (float) (step.learningRate() * ratio);
            Kernels.get().elementwise().axpy(-rate, gradient, offset, theta, offset, length);
        }
    }
}
