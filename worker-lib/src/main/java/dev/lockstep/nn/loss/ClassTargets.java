package dev.lockstep.nn.loss;

import dev.lockstep.nn.tensor.Shape;
import org.jspecify.annotations.Nullable;

/** What losses that compare logits with one class of several, a row or a step, ask of outputs and targets. */
final class ClassTargets {
    private ClassTargets() {}

    /** Outputs have to be one a class, and targets one a row or a step. */
    static void check(String loss, Shape output, Shape target, int classes, @Nullable ClassWeights weights) {
        if (classes == 0) {
            throw new IllegalArgumentException(loss + " needs class labels, the target is " + target + " numbers");
        }
        if (output.rank() > 2 || output.last() != classes) {
            throw new IllegalArgumentException(
                    loss + ": the network's output is " + output + ", the data has " + classes + " classes");
        }
        if (target.size() != output.size() / classes) {
            throw new IllegalArgumentException(loss + ": the network's output " + output + " needs "
                    + output.size() / classes + " class labels a row, the target is " + target);
        }
        if (weights != null) {
            weights.check(loss, classes, target.size());
        }
    }

    /** The class that a target is. */
    static int label(String loss, float target, int classes) {
        int label = (int) target;
        if (label != target || label < 0 || label >= classes) {
            throw new IllegalArgumentException(
                    loss + ": expected a class from 0 to " + (classes - 1) + ", got " + target);
        }
        return label;
    }
}
