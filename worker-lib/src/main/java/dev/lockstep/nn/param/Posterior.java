package dev.lockstep.nn.param;

import dev.lockstep.nn.kernel.Activations;
import dev.lockstep.nn.kernel.Elementwise;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;
import dev.lockstep.nn.tensor.Vector;
import java.io.Serializable;

/**
 * Independent Gaussians {@code N(m, s^2)} over the weights of a layer, {@code s = softplus(rho)} (Graves 2011; Blundell
 * et al. 2015): which parts of the parameter vector hold m and rho, and what remains to be done to their gradients when
 * the sums of all rows have come together.
 *
 * <p>A backward pass leaves in place of rho the gradient by what entered the layer linearly: by {@code s^2} with local
 * reparameterisation, by the drawn {@code s e} otherwise. {@link #chain} turns that into the gradient by rho and
 * {@link #addPrior} adds the prior's part, both once a step and after aggregation, so that how rows were divided cannot
 * matter.
 *
 * @param name the layer's
 * @param mean offset of m
 * @param rho offset of rho
 * @param length how many weights
 * @param prior what is believed of each weight beforehand
 * @param estimator how the layer draws
 * @param stream number of the layer's random streams
 */
public record Posterior(String name, int mean, int rho, int length, Prior prior, Estimator estimator, int stream)
        implements Serializable {
    /** Numbers a loop keeps. */
    private static final int CHUNK = 1024;

    /** Key parts in place of a shard, which is never negative: what is drawn once for all rows. */
    private static final long WEIGHTS = -1;

    private static final long PRIOR = -2;

    /**
     * The stream of the noise of weights that a training step draws.
     *
     * @param seed the job's seed
     * @param step global step
     */
    public long weightKey(long seed, long step) {
        return StreamKey.key(seed, Purpose.VARIATIONAL, step, WEIGHTS, 0, stream);
    }

    /**
     * The stream of the noise of the weights of a predictive sample, the same for all rows.
     *
     * @param seed the job's seed
     * @param sample number of the sample
     */
    public long sampleKey(long seed, long sample) {
        return StreamKey.key(seed, Purpose.PREDICTIVE_WEIGHTS, sample, WEIGHTS, 0, stream);
    }

    /** The stream of the noise of priors without a closed form. */
    private long priorKey(long seed, long step) {
        return StreamKey.key(seed, Purpose.VARIATIONAL, step, PRIOR, 0, stream);
    }

    /**
     * Draws what weights have beside their means, {@code s e}.
     *
     * @param key the stream of {@code e}
     * @param theta read
     * @param noise scratch; as many weights are drawn at a time as it holds numbers
     * @param view scratch
     * @param spread overwritten from {@code offset} on, a number for each weight
     * @param offset where in {@code spread}
     */
    public void drawSpread(long key, float[] theta, float[] noise, Vector view, float[] spread, int offset) {
        Activations activations = Kernels.get().activations();
        Elementwise elementwise = Kernels.get().elementwise();
        for (int from = 0; from < length; from += noise.length) {
            int count = Math.min(noise.length, length - from);
            int at = offset + from;
            activations.softplus(theta, rho + from, spread, at, count);
            Kernels.get().random().normal(key, from, view.at(noise, 0, count));
            elementwise.multiply(noise, 0, spread, at, spread, at, count);
        }
    }

    /**
     * Draws the weights {@code m + s e}; parameters as those of {@link #drawSpread}.
     *
     * @param weights overwritten from {@code offset} on
     */
    public void drawWeights(long key, float[] theta, float[] noise, Vector view, float[] weights, int offset) {
        drawSpread(key, theta, noise, view, weights, offset);
        Kernels.get().elementwise().add(theta, mean, weights, offset, length);
    }

    /** What the prior is at given parameters. */
    private Prior fittedPrior(float[] theta) {
        if (!prior.learned()) {
            return prior;
        }
        float[] sigma = new float[CHUNK];
        double sum = 0;
        for (int from = 0; from < length; from += CHUNK) {
            int count = Math.min(CHUNK, length - from);
            Kernels.get().activations().softplus(theta, rho + from, sigma, 0, count);
            for (int i = 0; i < count; i++) {
                double m = theta[mean + from + i];
                sum += m * m + (double) sigma[i] * sigma[i];
            }
        }
        return prior.fitted(sum / length);
    }

    /**
     * Applies the chain rule from what the layer left to rho: {@code g_rho = 2 s g sigmoid(rho)} with local
     * reparameterisation, otherwise {@code g_rho = e g sigmoid(rho)}.
     *
     * @param seed the job's seed
     * @param step the step whose gradient it is
     * @param theta read
     * @param gradient the part of rho is updated
     */
    public void chain(long seed, long step, float[] theta, GradientSlice gradient) {
        Activations kernels = Kernels.get().activations();
        boolean local = estimator == Estimator.LOCAL_REPARAMETERIZATION;
        long key = weightKey(seed, step);
        float[] factor = new float[CHUNK];
        Vector chunk = new Vector();
        int last = Math.min(rho + length, gradient.to()) - rho;
        for (int from = Math.max(rho, gradient.from()) - rho; from < last; from += CHUNK) {
            int count = Math.min(CHUNK, last - from);
            int at = gradient.index(rho + from);
            if (local) {
                kernels.softplus(theta, rho + from, factor, 0, count);
            } else {
                Kernels.get().random().normal(key, from, chunk.at(factor, 0, count));
            }
            for (int i = 0; i < count; i++) {
                gradient.values()[at + i] *= local ? 2 * factor[i] : factor[i];
            }
            kernels.softplusBackward(theta, rho + from, gradient.values(), at, count);
        }
    }

    /**
     * Adds the gradient of {@code KL(q || p) / units}.
     *
     * @param seed the job's seed
     * @param step the step, for priors that draw
     * @param units what the divergence is divided by: in how many units of the mean loss it counts once; may be
     *     infinite
     * @param theta read: all parameters, also those whose gradients lie outside the slice
     * @param gradient updated: gradient of the mean loss
     */
    public void addPrior(long seed, long step, double units, float[] theta, GradientSlice gradient) {
        int meanFrom = Math.max(mean, gradient.from()) - mean;
        int meanTo = Math.min(mean + length, gradient.to()) - mean;
        int rhoFrom = Math.max(rho, gradient.from()) - rho;
        int rhoTo = Math.min(rho + length, gradient.to()) - rho;
        Activations kernels = Kernels.get().activations();
        Prior fitted = fittedPrior(theta);
        long key = priorKey(seed, step);
        float[] values = gradient.values();
        float[] sigma = new float[CHUNK];
        float[] slope = new float[CHUNK];
        float[] noise = new float[CHUNK];
        Vector chunk = new Vector();
        int last = Math.max(meanTo, rhoTo);
        for (int from = Math.max(0, Math.min(meanFrom, rhoFrom)); from < last; from += CHUNK) {
            int count = Math.min(CHUNK, last - from);
            kernels.softplus(theta, rho + from, sigma, 0, count);
            kernels.sigmoid(theta, rho + from, slope, 0, count);
            if (prior.drawn()) {
                Kernels.get().random().normal(key, from, chunk.at(noise, 0, count));
            }
            for (int i = 0; i < count; i++) {
                int weight = from + i;
                double m = theta[mean + weight];
                if (meanFrom <= weight && weight < meanTo) {
                    values[gradient.index(mean + weight)] += (float) (fitted.byMean(m, sigma[i], noise[i]) / units);
                }
                if (rhoFrom <= weight && weight < rhoTo) {
                    values[gradient.index(rho + weight)] +=
                            (float) (fitted.bySigma(m, sigma[i], noise[i]) * slope[i] / units);
                }
            }
        }
    }

    /**
     * {@code KL(q || p)} of all weights, in nats; of priors without a closed form the estimate whose gradient
     * {@link #addPrior} adds in the same step.
     *
     * @param seed the job's seed
     * @param step the step, for priors that draw
     * @param theta read: all parameters
     */
    public double divergence(long seed, long step, float[] theta) {
        Prior fitted = fittedPrior(theta);
        long key = priorKey(seed, step);
        float[] sigma = new float[CHUNK];
        float[] noise = new float[CHUNK];
        Vector chunk = new Vector();
        double sum = 0;
        for (int from = 0; from < length; from += CHUNK) {
            int count = Math.min(CHUNK, length - from);
            Kernels.get().activations().softplus(theta, rho + from, sigma, 0, count);
            if (prior.drawn()) {
                Kernels.get().random().normal(key, from, chunk.at(noise, 0, count));
            }
            for (int i = 0; i < count; i++) {
                sum += fitted.divergence(theta[mean + from + i], sigma[i], noise[i]);
            }
        }
        return sum;
    }
}
