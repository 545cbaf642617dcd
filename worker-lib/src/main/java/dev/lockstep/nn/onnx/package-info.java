/**
 * Trained networks as ONNX models, for runtimes that know nothing of Lockstep. What belongs here: how each kind of
 * layer is expressed in ONNX operators. What does not: running such a model.
 */
@NullMarked
package dev.lockstep.nn.onnx;

import org.jspecify.annotations.NullMarked;
