/**
 * Random numbers without a generator: a number is a function of its key and its index (Threefry, Salmon et al. 2011). A
 * key says what the number is for ({@link Purpose}), and of which seed, step, shard, row and layer it is.
 *
 * <p>Nothing here keeps state, so nothing depends on who draws first.
 */
@NullMarked
package dev.lockstep.nn.random;

import org.jspecify.annotations.NullMarked;
