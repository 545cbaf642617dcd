package dev.lockstep.nn.model;

import dev.lockstep.nn.spec.Expect;
import java.io.Serializable;

/**
 * Conditions for weights in addition to a small loss; biases, gains and shifts are left alone. The penalties act
 * through their gradients, after clipping; the losses that are reported do not contain them.
 *
 * @param l1 adds {@code l1 sum |w|} to the mean loss, a Laplace prior: {@code g += l1 sign(w)}; 0 for none
 * @param l2 adds {@code l2/2 sum w^2}, a Gaussian prior: {@code g += l2 w}; 0 for none
 * @param maxNorm greatest Euclidean norm of the weights that come into one output unit; longer ones are scaled back
 *     after each step (Srebro and Shraibman 2005); 0 for none
 */
public record Regularization(double l1, double l2, double maxNorm) implements Serializable {
    /** Nothing. */
    public static final Regularization NONE = new Regularization(0, 0, 0);

    public Regularization {
        Expect.notNegativeFloat("l1", l1);
        Expect.notNegativeFloat("l2", l2);
        Expect.notNegative("maxNorm", maxNorm);
    }
}
