/**
 * What the flat vectors hold: which tensor lies where ({@link ParameterLayout}), what it is for
 * ({@link ParameterRole}), how it begins ({@link Initializer}), distributions over weights ({@link Posterior}), running
 * statistics ({@link StatisticsRange}), and where gradients go ({@link Gradient}).
 *
 * <p>Training, files and optimisers know parameters through this package alone; no kind of layer is named here.
 */
@NullMarked
package dev.lockstep.nn.param;

import org.jspecify.annotations.NullMarked;
