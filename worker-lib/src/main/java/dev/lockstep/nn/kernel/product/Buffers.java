package dev.lockstep.nn.kernel.product;

/** Scratch memory that grows with what is asked of it. */
final class Buffers {
    private Buffers() {}

    /** The buffer if it is long enough, otherwise a new one, without what was in it. */
    static float[] atLeast(float[] buffer, int length) {
        return buffer.length >= length ? buffer : new float[length];
    }
}
