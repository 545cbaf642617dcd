/**
 * A model as a service: one small HTTP server over a saved model, with the JDK's server and Jackson alone.
 *
 * <p>What belongs here: requests and answers, their limits, what is counted. What does not: how cells become features
 * and outputs become predictions, which {@code model} knows.
 */
@NullMarked
package dev.lockstep.nn.serve;

import org.jspecify.annotations.NullMarked;
