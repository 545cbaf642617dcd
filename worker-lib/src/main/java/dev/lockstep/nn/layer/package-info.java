/**
 * The kinds of layers, one formula a class. A kind goes by three names, for example:
 *
 * <ul>
 *   <li>{@code Dropout}, a {@link dev.lockstep.nn.layer.LayerSpec}: what the layer is, as job and model files have it;
 *   <li>{@code DropoutLayer}, a {@link dev.lockstep.nn.layer.Layer}: that, bound to the shape of its input and to its
 *       place among the parameters. Immutable, shared by all threads, owns no floats;
 *   <li>{@code DropoutReplica}, a {@link dev.lockstep.nn.layer.LayerReplica}: what computes in one thread, with all
 *       memory that it needs. Allocated once; a step allocates nothing.
 * </ul>
 *
 * <p>Kinds that are one formula share the last two: {@code LinearLayer} is what dense layers and convolutions are bound
 * to, {@code PoolingLayer} every window, {@code dev.lockstep.nn.layer.recurrent.RecurrentLayer} every cell.
 *
 * <p>Layers hand arrays to kernels and hold the formula between them. What the flat vectors hold is
 * {@code dev.lockstep.nn.param}'s, losses and updates are not known here, and neither is where other shards are.
 */
@NullMarked
package dev.lockstep.nn.layer;

import org.jspecify.annotations.NullMarked;
