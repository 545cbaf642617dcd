/**
 * Distributions over the parameters of a trained network ({@link dev.lockstep.nn.posterior.WeightPosterior}): from the
 * weights of the steps, or from the curvature of the likelihood. All of them become a
 * {@link dev.lockstep.nn.param.Spread}, which prediction draws from without knowing where it comes from.
 *
 * <p>When a step is taken and who holds the rows is known to {@code nn.train}. Layers whose weights are distributions
 * while they are trained are in {@code nn.layer}.
 */
@NullMarked
package dev.lockstep.nn.posterior;

import org.jspecify.annotations.NullMarked;
