package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;

/**
 * One step of the gated recurrent layers for some rows, all gates in one pass. {@code sigmoid} and {@code tanh} are
 * those of {@link ScalarMath}.
 */
public interface RecurrentKernels {
    /**
     * An LSTM's step. The gates of a row lie one after another: input i, forget f, candidate g, output o.
     *
     * <pre>{@code
     * i = sigmoid(i), f = sigmoid(f), g = tanh(g), o = sigmoid(o)
     * c = fma(f, c', i * g)
     * h = o * tanh(c)
     * }</pre>
     *
     * @param gates [rows, 4 units]; read as sums before the activations, overwritten with the gates
     * @param previousCell [rows, units] c'; read
     * @param cell [rows, units] c; overwritten
     * @param output [rows, units] h; overwritten
     */
    void lstm(Matrix gates, Matrix previousCell, Matrix cell, Matrix output);

    /**
     * The derivative of {@link #lstm}.
     *
     * <pre>{@code
     * t = tanh(c), d = fma(dh * o, fma(-t, t, 1), dc)
     * di = d * g * (i * (1 - i)), df = d * c' * (f * (1 - f)), dg = d * i * fma(-g, g, 1), do = dh * t * (o * (1 - o))
     * dc = d * f
     * }</pre>
     *
     * @param gates [rows, 4 units] what {@link #lstm} left; overwritten with the gradients by the sums before the
     *     activations
     * @param previousCell [rows, units] c'; read
     * @param cell [rows, units] c; read
     * @param dOutput [rows, units] dh; read
     * @param dCell [rows, units] dc; read as the gradient by c that comes from later steps, overwritten with that by c'
     */
    void lstmBackward(Matrix gates, Matrix previousCell, Matrix cell, Matrix dOutput, Matrix dCell);

    /**
     * A GRU's step. The gates of a row lie one after another: reset r, update z, candidate n; {@code u} is the
     * recurrent product's part for each.
     *
     * <pre>{@code
     * r = sigmoid(r + ur), z = sigmoid(z + uz), un = un + bias, n = tanh(fma(r, un, n))
     * h = fma(z, h' - n, n)
     * }</pre>
     *
     * @param gates [rows, 3 units]; read as the sums from the input, overwritten with the gates
     * @param recurrent [rows, 3 units] u; read, its candidate's part overwritten
     * @param bias [units]; read
     * @param previousOutput [rows, units] h'; read
     * @param output [rows, units] h; overwritten
     */
    void gru(Matrix gates, Matrix recurrent, Vector bias, Matrix previousOutput, Matrix output);

    /**
     * The derivative of {@link #gru}.
     *
     * <pre>{@code
     * dn = dh * (1 - z) * fma(-n, n, 1), dun = dn * r
     * dr = dn * un * (r * (1 - r)), dz = dh * (h' - n) * (z * (1 - z))
     * dh' = dh * z
     * }</pre>
     *
     * @param gates [rows, 3 units] what {@link #gru} left; overwritten with dr, dz, dn
     * @param recurrent [rows, 3 units] what {@link #gru} left; overwritten with dr, dz, dun
     * @param previousOutput [rows, units] h'; read
     * @param dOutput [rows, units] dh; read, and overwritten with dh', the part that does not pass through the gates
     */
    void gruBackward(Matrix gates, Matrix recurrent, Matrix previousOutput, Matrix dOutput);
}
