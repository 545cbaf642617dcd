/**
 * Shapes, and views of a {@code float[]}: {@link Tensor} (rows of a shape), {@link Matrix} and {@link Vector}.
 *
 * <p>No arithmetic lies here, and nothing that allocates in a step.
 */
@NullMarked
package dev.lockstep.nn.tensor;

import org.jspecify.annotations.NullMarked;
