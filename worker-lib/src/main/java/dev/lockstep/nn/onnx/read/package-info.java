/**
 * ONNX models as models of Lockstep. What belongs here: which operators make which layer. What does not: running a
 * graph as it is.
 */
@NullMarked
package dev.lockstep.nn.onnx.read;

import org.jspecify.annotations.NullMarked;
