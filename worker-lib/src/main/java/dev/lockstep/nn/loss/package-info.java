/**
 * Losses, and what each of them says the outputs of a network mean: the likelihood, from which predictions, their
 * uncertainty, metrics and columns follow.
 *
 * <p>Which kind of likelihood or of loss something is, only this package asks.
 */
@NullMarked
package dev.lockstep.nn.loss;

import org.jspecify.annotations.NullMarked;
