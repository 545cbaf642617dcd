/**
 * Every loop over floats that takes time: activations, reductions, normalisation, pooling, recurrence, updates, random
 * numbers; and, behind the same door, products and convolutions ({@code kernel.product}). Each exists twice: as a
 * scalar twin, the text of its order of operations, and as one on the JDK's Vector API with equal bits.
 *
 * <p>{@link dev.lockstep.nn.kernel.Kernels} chooses the twins once a process. No layer, parameter or row is known here,
 * and no other package names {@code jdk.incubator.vector}.
 */
@NullMarked
package dev.lockstep.nn.kernel;

import org.jspecify.annotations.NullMarked;
