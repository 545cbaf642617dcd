package dev.lockstep.nn.optim;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;

/**
 * The part of one parameter tensor that an optimiser steps.
 *
 * @param step the step over the tensor
 * @param theta {@code [n]} parameters; updated
 * @param gradient {@code [n]} their gradient sums
 * @param state {@code [slots, n]} what the optimiser remembers of them; updated
 */
public record TensorPart(OptimizerStep step, Vector theta, Vector gradient, Matrix state) {}
