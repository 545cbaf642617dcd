package dev.lockstep.nn.param;

import java.io.Serializable;

/**
 * A layer that looks at how many steps of a row are valid in a pass, which makes sense only if its input has the steps
 * that the rows had at the start.
 *
 * @param name the layer's
 * @param steps steps of its input
 * @param ends whether it ends rows early
 */
public record SequenceReader(String name, int steps, boolean ends) implements Serializable {}
