package dev.lockstep.nn.loss;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.lockstep.nn.spec.Expect;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The weights of the rows of each class in a loss.
 *
 * @param factors one a class, each at least 0 and one above; null: {@link #BALANCED}
 */
public record ClassWeights(@Nullable List<Double> factors) implements Serializable {
    private static final String BALANCED_NAME = "balanced";

    /** Factors that follow from the training rows: all classes count alike. */
    public static final ClassWeights BALANCED = new ClassWeights(null);

    public ClassWeights {
        if (factors != null) {
            for (int i = 0; i < factors.size(); i++) {
                Expect.notNegativeFloat("" + i, factors.get(i));
            }
            if (factors.stream().noneMatch(weight -> weight > 0)) {
                throw new IllegalArgumentException("expected one above 0 at least, got " + factors);
            }
            factors = List.copyOf(factors);
        }
    }

    /** A factor for each class. */
    @JsonCreator
    public static ClassWeights of(List<Double> factors) {
        return new ClassWeights(factors);
    }

    /** {@code balanced}. */
    @JsonCreator
    public static ClassWeights of(String name) {
        if (!name.equals(BALANCED_NAME)) {
            throw new IllegalArgumentException("expected a list of numbers or " + BALANCED_NAME + ", got " + name);
        }
        return BALANCED;
    }

    /** As a job file has it. */
    @JsonValue
    public Object written() {
        return factors == null ? BALANCED_NAME : factors;
    }

    @Override
    public String toString() {
        return written().toString();
    }

    /** Whether the factors follow from the training rows. */
    boolean areBalanced() {
        return factors == null;
    }

    /**
     * Balanced factors, {@code W / (K W_k)} for the {@code K} classes that occur, so that each class weighs {@code W /
     * K} and all rows together what they did; 1 for a class that does not occur.
     *
     * @param totals {@code W_k}, what the training rows of each class weigh
     */
    static ClassWeights balance(double[] totals) {
        double all = 0;
        int classes = 0;
        for (double total : totals) {
            all += total;
            classes += total > 0 ? 1 : 0;
        }
        List<Double> factors = new ArrayList<>();
        for (double total : totals) {
            factors.add(total > 0 ? all / (classes * total) : 1.0);
        }
        return new ClassWeights(factors);
    }

    /** The factor of a class. */
    double of(int label) {
        if (factors == null) {
            throw new IllegalStateException("classWeights: balanced is not known before Loss.balanced");
        }
        return factors.get(label);
    }

    /** There has to be one weight a class, and a class a row where they are balanced. */
    void check(String loss, int classes, int targets) {
        if (factors == null && targets != 1) {
            throw new IllegalArgumentException(
                    loss + ": classWeights: balanced needs one class a row, the target has " + targets);
        }
        if (factors != null && factors.size() != classes) {
            throw new IllegalArgumentException(
                    loss + ": the data has " + classes + " classes, classWeights are " + factors.size());
        }
    }
}
