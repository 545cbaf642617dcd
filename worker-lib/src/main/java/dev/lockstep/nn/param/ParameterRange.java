package dev.lockstep.nn.param;

import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;
import dev.lockstep.nn.tensor.Shape;

/**
 * A tensor inside the flat parameter vector.
 *
 * @param name the layer's name and the tensor's own, for example {@code dense_1.weight}
 * @param offset index of its first element
 * @param shape its shape, row-major
 * @param role what it is for
 * @param initialValues how it begins
 */
public record ParameterRange(String name, int offset, Shape shape, ParameterRole role, InitialValues initialValues) {

    /** The name of the layer that a tensor, or a layer's running statistics, belongs to. */
    public static String layerOf(String tensor) {
        return tensor.substring(0, tensor.indexOf('.'));
    }

    /** The name of its layer. */
    public String layer() {
        return layerOf(name);
    }

    /** Its name within its layer. */
    public String tensor() {
        return name.substring(name.indexOf('.') + 1);
    }

    /** How many of its elements add up in one unit; of a table of vectors one. */
    public int fanIn() {
        return role == ParameterRole.TABLE ? 1 : Initializer.fanIn(shape);
    }

    /** One past the index of its last element. */
    public int end() {
        return offset + shape.size();
    }

    /**
     * Fills the tensor as it begins.
     *
     * @param seed the job's seed
     * @param number the tensor's number in the network, which gives it a stream of its own
     * @param vector the flat vector it lies in
     */
    public void initialize(long seed, int number, float[] vector) {
        initialValues.fill(StreamKey.key(seed, Purpose.INITIAL_WEIGHTS, 0, 0, 0, number), shape, vector, offset);
    }
}
