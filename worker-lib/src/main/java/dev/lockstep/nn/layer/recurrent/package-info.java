/**
 * Recurrent layers at work: what every kind of cell is bound to, its formulas step by step, and how the sequences of a
 * pass are laid out for them. The kinds themselves, as job files have them, are in {@code dev.lockstep.nn.layer}.
 */
@NullMarked
package dev.lockstep.nn.layer.recurrent;

import org.jspecify.annotations.NullMarked;
