package dev.lockstep.nn.onnx.read;

import java.util.ArrayList;
import java.util.List;

/**
 * A run through the elements of a row: {@code size} of them, each {@code stride} elements behind the one before in
 * Lockstep's order.
 */
record Factor(int size, int stride) {
    /** Runs that enumerate the same elements in the same order, as few as there can be. */
    static List<Factor> joined(List<Factor> factors) {
        List<Factor> joined = new ArrayList<>();
        for (Factor factor : factors) {
            if (factor.size == 1) {
                continue;
            }
            int last = joined.size() - 1;
            if (last >= 0 && joined.get(last).stride == factor.size * factor.stride) {
                joined.set(last, new Factor(joined.get(last).size * factor.size, factor.stride));
            } else {
                joined.add(factor);
            }
        }
        return List.copyOf(joined);
    }

    static int product(List<Factor> factors) {
        return factors.stream().mapToInt(Factor::size).reduce(1, Math::multiplyExact);
    }
}
