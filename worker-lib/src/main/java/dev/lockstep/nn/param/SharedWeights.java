package dev.lockstep.nn.param;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.tensor.Vector;
import java.io.Serializable;

/**
 * Where the weights of a layer lie that the networks of an ensemble share, and what each multiplies them with.
 *
 * @param members how many networks
 * @param inputs rows of the weights
 * @param units columns of the weights
 * @param weight offset of {@code W [inputs, units]}
 * @param inputScale offset of {@code r [members, inputs]}
 * @param outputScale offset of {@code s [members, units]}
 * @param bias offset of {@code b [members, units]}; -1 if there is none
 */
public record SharedWeights(int members, int inputs, int units, int weight, int inputScale, int outputScale, int bias)
        implements Serializable {
    /** Normal with mean 1 and deviation 0.5. */
    public static final InitialValues NEAR_ONE = (key, shape, values, offset) -> {
        Kernels.get().random().normal(key, 0, new Vector().at(values, offset, shape.size()));
        for (int i = offset; i < offset + shape.size(); i++) {
            values[i] = Math.fma(values[i], 0.5f, 1f);
        }
    };

    /** How many numbers there are in all. */
    public int length() {
        return inputs * units + members * (inputs + (bias < 0 ? 1 : 2) * units);
    }

    /** How many more they are than those of one network alone. */
    public int surplus() {
        return length() - (inputs + (bias < 0 ? 0 : 1)) * units;
    }

    /**
     * The weights and biases of one network alone, {@code diag(r_m) W diag(s_m)} and {@code b_m}.
     *
     * @param theta read
     * @param alone overwritten from {@code at} on
     * @return after them
     */
    public int copy(int member, float[] theta, float[] alone, int at) {
        int next = at;
        for (int i = 0; i < inputs; i++) {
            float r = theta[inputScale + member * inputs + i];
            for (int j = 0; j < units; j++) {
                alone[next++] = r * theta[weight + i * units + j] * theta[outputScale + member * units + j];
            }
        }
        if (bias >= 0) {
            System.arraycopy(theta, bias + member * units, alone, next, units);
            next += units;
        }
        return next;
    }
}
