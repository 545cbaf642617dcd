/**
 * Optimisers, learning-rate schedules and clipping: what turns a gradient into the next parameters.
 *
 * <p>All state is passed in. An optimiser sees one range of one tensor at a time, so a slice gets the bits of the
 * whole.
 */
@NullMarked
package dev.lockstep.nn.optim;

import org.jspecify.annotations.NullMarked;
