package dev.lockstep.nn.io;

import dev.lockstep.nn.tensor.Shape;

/**
 * A tensor of a file, as a place in an array: {@code shape.size()} floats from {@code offset} on, row-major.
 *
 * @param name its name in the file
 * @param shape its shape
 * @param array what holds it; not copied
 * @param offset index of its first element
 */
public record NamedTensor(String name, Shape shape, float[] array, int offset) {}
