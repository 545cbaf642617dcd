package dev.lockstep.nn.layer;

import java.io.Serializable;

/**
 * A layer that looks at how many steps of a row are valid ({@link Pass#lengths()}), which makes sense only if its input
 * has the steps that the rows had at the start.
 *
 * @param name the layer's
 * @param steps steps of its input
 * @param ends whether it ends rows early ({@link Pass#shorten})
 */
public record SequenceReader(String name, int steps, boolean ends) implements Serializable {}
