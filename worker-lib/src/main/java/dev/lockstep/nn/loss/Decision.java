package dev.lockstep.nn.loss;

import dev.lockstep.nn.spec.Expect;
import java.io.Serializable;

/**
 * The step from the outputs of a trained network to probabilities and a class: what is fitted on validation rows after
 * training.
 *
 * @param temperature {@code T}: probabilities are the link of {@code z / T}, with {@code z} the outputs, of a mixture
 *     those that stand for it (Guo et al. 2017); 1 unless given
 * @param threshold the probability from which on the second of two classes is predicted; 0.5 unless given, where the
 *     more probable one is
 */
public record Decision(Double temperature, Double threshold) implements Serializable {
    /** Outputs are logits as they are, and the most probable class is predicted. */
    public static final Decision PLAIN = new Decision(1.0, 0.5);

    public Decision {
        temperature = temperature == null ? 1 : Expect.positive("temperature", temperature);
        threshold = threshold == null ? 0.5 : Expect.notNegative("threshold", threshold);
        if (threshold > 1) {
            throw Expect.failure("threshold", "a probability", threshold);
        }
    }

    /** Whether outputs are divided by a temperature. */
    public boolean tempers() {
        return temperature != 1;
    }

    /** Whether a threshold decides between two classes, and not which is more probable. */
    public boolean decides() {
        return threshold != 0.5;
    }
}
