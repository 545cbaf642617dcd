package dev.lockstep.nn.kernel;

/**
 * The softmax family over contiguous elements, for example a row of a matrix: {@code m} is the greatest element that is
 * not NaN, replaced by +0 if it is infinite; {@code e[j] = exp(x[j] - m)}; {@code s} is the sum of e in the order of
 * {@link Reductions}.
 */
public interface Softmax {
    /**
     * {@code y[j] = e[j] / s}. NaN or +infinity in x, or -infinity alone, gives NaN.
     *
     * @param x read
     * @param y overwritten, may be x
     */
    void softmax(float[] x, int xOffset, float[] y, int yOffset, int length);

    /**
     * {@link #softmax}, and the log-sum-exp {@code (double) m + (double) log(s)}, from which the caller forms the
     * cross-entropy {@code logSumExp - x[target]}.
     *
     * @param x logits; read
     * @param y probabilities; overwritten, may be x
     * @return the log-sum-exp
     */
    double softmaxLogSumExp(float[] x, int xOffset, float[] y, int yOffset, int length);

    /** Returns the log-sum-exp alone, with the value of {@link #softmaxLogSumExp}; x is read. */
    double logSumExp(float[] x, int xOffset, int length);

    /**
     * The derivative of {@link #softmax}: {@code dy[j] = y[j] * (dy[j] - d)} with {@code d} the {@link Reductions#dot}
     * of dy and y.
     *
     * @param y the output of softmax; read
     * @param dy read, and overwritten with the gradient by x
     */
    void softmaxBackward(float[] y, int yOffset, float[] dy, int dyOffset, int length);
}
