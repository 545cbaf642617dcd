package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Regularization;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Horizon;
import dev.lockstep.nn.optim.KlWeight;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.WeightAverage;
import dev.lockstep.nn.param.GradientSlice;
import dev.lockstep.nn.param.GradientVector;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.Posterior;
import dev.lockstep.nn.param.Spread;
import dev.lockstep.nn.param.StatisticsRange;
import dev.lockstep.nn.posterior.WeightPosterior;
import dev.lockstep.nn.posterior.WeightTrace;
import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;
import dev.lockstep.nn.tensor.Vector;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a gradient sum into new parameters: divides by the total weight, completes the gradients of distributions over
 * weights and adds their priors, clips, adds the penalties, steps the optimiser tensor by tensor, bounds the weights.
 * {@link #apply} does it in one place; a {@link SliceUpdate} does its part of it, to the same bits.
 */
public final class ParameterUpdate implements Serializable {
    private static final long serialVersionUID = 1L;

    /** So many normal numbers are drawn before they are added, so that they cost no memory as long as a tensor. */
    private static final int NOISE_AT_ONCE = 1024;

    private final Optimizer optimizer;
    private final Schedule schedule;
    private final Horizon horizon;
    private final long seed;
    private final GradientClipping clipping;
    private final KlWeight klWeight;
    private final @Nullable WeightTrace trace;
    private final boolean noisy;
    private final boolean lazy;
    private final Regularization regularization;
    private final List<ParameterTensor> tensors;
    private final List<Posterior> posteriors;
    private final int members;
    /** {@code d}: over so many targets a loss takes the mean. */
    private final int targets;
    /** What all training rows weigh. */
    private final double rowWeight;

    /** The running statistics that steps change. */
    private final List<StatisticsRange> statistics;

    /** An update of parameters that counts divergences from priors as they are. */
    public ParameterUpdate(
            Network network, Optimizer optimizer, Schedule schedule, TrainingPlan plan, GradientClipping clipping) {
        this(network, optimizer, schedule, plan, clipping, KlWeight.ONE);
    }

    /** An update of all parameters. */
    public ParameterUpdate(
            Network network,
            Optimizer optimizer,
            Schedule schedule,
            TrainingPlan plan,
            GradientClipping clipping,
            KlWeight klWeight) {
        this(network, optimizer, schedule, plan, clipping, klWeight, Set.of());
    }

    /**
     * The update of a network's parameters.
     *
     * @param network whose parameters, with the regularisation of its specification
     * @param optimizer the rule
     * @param schedule the learning rate over time
     * @param plan the length of the training, its seed and what its rows weigh
     * @param clipping bounds on the gradient
     * @param klWeight how much divergences from priors count
     * @param frozen names of layers whose parameters and running statistics stay as they are: no norm of the gradient
     *     counts theirs, no penalty and no bound touches them
     */
    public ParameterUpdate(
            Network network,
            Optimizer optimizer,
            Schedule schedule,
            TrainingPlan plan,
            GradientClipping clipping,
            KlWeight klWeight,
            Set<String> frozen) {
        this.trace = null;
        this.noisy = false;
        this.lazy = false;
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.horizon = plan.horizon();
        this.seed = plan.seed();
        this.rowWeight = plan.rowWeight();
        this.clipping = clipping;
        this.klWeight = klWeight;
        this.regularization = network.spec().regularization();
        this.tensors = network.parameters().stream()
                .map(range -> ParameterTensor.of(range, frozen.contains(range.layer())))
                .toList();
        this.posteriors = network.posteriors();
        this.members = network.members().size();
        this.targets = network.likelihood().targets(network.output());
        this.statistics = network.buffers().stream()
                .filter(range -> !frozen.contains(ParameterRange.layerOf(range.name())))
                .toList();
    }

    private ParameterUpdate(ParameterUpdate other, @Nullable WeightTrace trace, boolean noisy, boolean lazy) {
        this.trace = trace;
        this.noisy = noisy;
        this.lazy = lazy;
        optimizer = other.optimizer;
        schedule = other.schedule;
        horizon = other.horizon;
        seed = other.seed;
        clipping = other.clipping;
        klWeight = other.klWeight;
        regularization = other.regularization;
        tensors = other.tensors;
        posteriors = other.posteriors;
        members = other.members;
        targets = other.targets;
        rowWeight = other.rowWeight;
        statistics = other.statistics;
    }

    /** The same update, which averages the weights of the steps too; null: it does not. */
    public ParameterUpdate averaging(@Nullable WeightAverage wanted) {
        return new ParameterUpdate(this, WeightTrace.of(wanted), noisy, lazy);
    }

    /** The same update, which gives what a distribution over the parameters needs of its steps; null: none. */
    public ParameterUpdate towards(@Nullable WeightPosterior posterior) {
        return posterior == null
                ? this
                : new ParameterUpdate(
                        this, posterior.trace() == null ? trace : posterior.trace(), posterior.addsNoise(), lazy);
    }

    /**
     * The same update, which leaves the rows of first layers alone that a step has no entries or tokens for: neither
     * momentum nor decay moves them, nor does what the optimiser remembers of them fade. Another rule with its own
     * bits, for tables so wide that a step should cost only what it uses. Adam counts all steps, as LazyAdam does.
     *
     * @throws IllegalArgumentException if the optimiser needs whole tensors
     */
    public ParameterUpdate lazily(boolean wanted) {
        if (wanted && !optimizer.elementwise()) {
            throw new IllegalArgumentException("lazyUpdate: expected an optimiser that steps each parameter by itself,"
                    + " got one that needs the norms of whole tensors");
        }
        return new ParameterUpdate(this, trace, noisy, wanted);
    }

    /** Whether rows without a gradient are left as they are. */
    public boolean lazy() {
        return lazy;
    }

    /** The rule. */
    public Optimizer optimizer() {
        return optimizer;
    }

    /**
     * Floats of state for each parameter: the optimiser's slots, and behind them what is remembered of the weights of
     * the steps.
     */
    public int slots() {
        return optimizer.slots() + (trace == null ? 0 : trace.slots());
    }

    /** Whether the weights of the steps are averaged. */
    public boolean averages() {
        return trace != null;
    }

    /**
     * Remembers the weights of a step on a slice, if any are.
     *
     * @param theta read from {@code from} to {@code to}
     * @param state updated: the slots of the slice, slot after slot from {@code offset} on
     */
    void remember(long step, float[] theta, int from, int to, float[] state, int offset) {
        if (trace != null) {
            trace.take(step, horizon, theta, from, to - from, state, offset + optimizer.slots() * (to - from));
        }
    }

    /**
     * Adds the noise that makes the weights of steps samples of their posterior, if they are to be.
     *
     * @param theta updated from {@code from} to {@code to}
     */
    void addNoise(long step, StepRates rates, LossSum losses, float[] theta, int from, int to) {
        if (!noisy) {
            return;
        }
        double deviation = Math.sqrt(2 * rates.learningRate() / units(losses));
        long key = StreamKey.key(seed, Purpose.LANGEVIN, step, 0, 0, 0);
        float[] noise = new float[NOISE_AT_ONCE];
        Vector view = new Vector();
        for (ParameterTensor tensor : tensors) {
            int end = Math.min(to, tensor.offset() + tensor.length());
            for (int at = Math.max(from, tensor.offset()); at < end && !tensor.frozen(); at += NOISE_AT_ONCE) {
                int length = Math.min(NOISE_AT_ONCE, end - at);
                Kernels.get().random().normal(key, at, view.at(noise, 0, length));
                Kernels.get().elementwise().axpy((float) deviation, noise, 0, theta, at, length);
            }
        }
    }

    /** How many units of the mean loss of a step's rows the negative log-likelihood of the training set has. */
    private double units(LossSum losses) {
        return rowWeight * targets * losses.weight() / losses.rowWeight();
    }

    /** The slots before the first step. */
    float[] initialState(float[] theta) {
        float[] state = new float[Math.multiplyExact(slots(), theta.length)];
        if (averages()) {
            System.arraycopy(theta, 0, state, optimizer.slots() * theta.length, theta.length);
        }
        return state;
    }

    /** The average of the weights among the slots, within their bounds. */
    float[] averaged(float[] state) {
        int count = state.length / slots();
        int from = optimizer.slots() * count;
        float[] theta = Arrays.copyOfRange(state, from, from + count);
        boundWeights(theta);
        return theta;
    }

    /**
     * How the weights of the steps are distributed about their average; null if they are not.
     *
     * @param average of them
     */
    @Nullable
    Spread spread(TrainState state, float[] average) {
        return trace == null
                ? null
                : trace.spread(
                        state.step(), horizon, average, state.optimizerState(), optimizer.slots() * average.length);
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

    /** The values of the schedules at a step; as {@link #learningRate}. */
    StepRates rates(long step, List<EpochMetrics> history) {
        return new StepRates(learningRate(step, history), klWeight.at(step, horizon, history));
    }

    /**
     * The flat vector cut into slices: in one bucket where the update of a slice needs the others, otherwise in as many
     * as pay.
     */
    public VectorSlices slices(int ranks) {
        return needsAllSlices() ? VectorSlices.whole(tensors, ranks) : VectorSlices.bucketed(tensors, ranks);
    }

    /**
     * Whether a slice cannot be updated before the gradients of all are complete: for the norm of the gradient or of a
     * tensor, and for posteriors.
     */
    boolean needsAllSlices() {
        return clipping.norm() != null || hasPosteriors() || !optimizer.elementwise();
    }

    /**
     * Takes one step.
     *
     * @param step steps taken before this one
     * @param history the epochs completed before its own
     * @param theta updated
     * @param gradient read: gradient sum; destroyed
     * @param losses of the sum's rows: their weight is what it is divided by; 0, where no row of the step counts,
     *     changes nothing
     * @param state updated: the optimiser's slots
     */
    public void apply(
            long step,
            List<EpochMetrics> history,
            float[] theta,
            GradientVector gradient,
            LossSum losses,
            float[] state) {
        new SliceUpdate(this, 0, theta.length, own -> own)
                .apply(step, rates(step, history), theta, gradient, losses, state, 0);
        if (losses.weight() != 0) {
            boundWeights(theta);
        }
    }

    /** Whether weights are bounded after a step. */
    boolean boundsWeights() {
        return regularization.maxNorm() > 0;
    }

    /**
     * Scales the weights of each unit back to the bound on their norm, if there is one. A step ends with that, once all
     * of its slices are there.
     */
    void boundWeights(float[] theta) {
        if (boundsWeights()) {
            for (ParameterTensor tensor : tensors) {
                if (tensor.weight() && !tensor.frozen()) {
                    tensor.bound(theta, regularization.maxNorm());
                }
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
        for (StatisticsRange range : statistics) {
            range.update(moments, buffers);
        }
    }

    /** Makes the running statistics those of all rows that the moments are of. */
    void replaceStatistics(double[] moments, float[] buffers) {
        for (StatisticsRange range : statistics) {
            range.replace(moments, buffers);
        }
    }

    /** Whether there are running statistics. */
    boolean hasStatistics() {
        return !statistics.isEmpty();
    }

    /**
     * Checks what the steps so far have made of the parameters, the running statistics and the optimiser's state; a
     * loss would tell only in the next step, or never: a sum of squares that is infinite stops its parameter.
     *
     * @throws TrainingException naming the tensor that holds, or whose optimiser's slot holds, a number that is not
     *     finite
     */
    void checkFinite(TrainState state) {
        for (ParameterTensor tensor : tensors) {
            checkFinite(tensor.name(), state.parameters().theta(), tensor.offset(), tensor.length(), state.step());
        }
        int count = state.parameters().theta().length;
        for (int from = 0; from < state.optimizerState().length; from += count) {
            for (ParameterTensor tensor : tensors) {
                int at = Kernels.get()
                        .elementwise()
                        .firstNonFinite(state.optimizerState(), from + tensor.offset(), tensor.length());
                if (at >= 0) {
                    throw TrainingException.notFinite(
                            slotName(from / count) + " for element " + at + " of " + tensor.name(),
                            state.optimizerState()[from + tensor.offset() + at],
                            "after step " + state.step());
                }
            }
        }
        for (StatisticsRange range : statistics) {
            int length = range.shape().size();
            checkFinite(range.name(), state.parameters().buffers(), range.offset(), length, state.step());
        }
    }

    private String slotName(int slot) {
        return slot < optimizer.slots() ? "slot " + slot + " of the optimiser" : "what is kept of the weights";
    }

    private static void checkFinite(String name, float[] values, int offset, int length, long steps) {
        int at = Kernels.get().elementwise().firstNonFinite(values, offset, length);
        if (at >= 0) {
            throw TrainingException.notFinite(
                    "element " + at + " of " + name, values[offset + at], "after step " + steps);
        }
    }

    Regularization regularization() {
        return regularization;
    }

    GradientClipping clipping() {
        return clipping;
    }

    List<ParameterTensor> tensors() {
        return tensors;
    }

    /** Whether some tensors hold distributions, whose gradients {@link #completeGradient} completes. */
    boolean hasPosteriors() {
        return !posteriors.isEmpty();
    }

    /**
     * Turns gradients by what the layers drew into gradients by means and widths, and adds the priors. A step whose
     * rows weigh {@code r} of the {@code N} of all training rows has that share of the divergence, and the loss is a
     * mean over {@code weight} times {@code d} targets, so that the step's objective is {@code (NLL + klWeight KL r /
     * N) / (d weight)}: in expectation the negative evidence lower bound of the training set, in the unit of the mean
     * loss.
     *
     * @param klWeight how much the divergence counts
     * @param losses what the gradient was divided by
     * @param theta read: all parameters
     * @param gradient updated: gradient of the mean loss
     */
    void completeGradient(long step, double klWeight, LossSum losses, float[] theta, GradientSlice gradient) {
        double units = rowWeight * targets * losses.weight() / (losses.rowWeight() * klWeight);
        for (Posterior posterior : posteriors) {
            posterior.chain(seed, step, theta, gradient);
            posterior.addPrior(seed, step, units, theta, gradient);
        }
    }

    /**
     * {@code KL(q || p) / (d weight)}: the divergence of all weights from their priors in the unit of the mean loss
     * over the training rows, so that loss and divergence add up to the negative evidence lower bound. A mean over the
     * members of an ensemble; NaN if no weights are distributions.
     *
     * @param step steps taken so far
     * @param theta read
     * @param losses of all training rows
     */
    double divergence(long step, float[] theta, LossSum losses) {
        if (posteriors.isEmpty()) {
            return Double.NaN;
        }
        double sum = 0;
        for (Posterior posterior : posteriors) {
            sum += posterior.divergence(seed, step, theta);
        }
        return sum / members / (targets * losses.weight());
    }
}
