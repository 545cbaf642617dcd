/**
 * A network as records ({@link dev.lockstep.nn.model.ModelSpec}), bound to the shape of its input
 * ({@link dev.lockstep.nn.model.Network}), at work in one thread ({@link dev.lockstep.nn.model.Replica}), and what its
 * outputs say about a row ({@link dev.lockstep.nn.model.Predictor}).
 *
 * <p>What outputs mean is known to {@code nn.loss}; how parameters change is known to {@code nn.train}.
 */
@NullMarked
package dev.lockstep.nn.model;

import org.jspecify.annotations.NullMarked;
