package dev.lockstep.nn.loss;

import java.io.Serializable;

/**
 * Noise that is the same for all rows: one number for each target behind the outputs of the layers.
 *
 * @param initial the number, before the likelihood's link
 * @param learned whether it is trained
 */
public record NoiseScale(float initial, boolean learned) implements Serializable {}
