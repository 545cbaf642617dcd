package dev.lockstep.spark.explain;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What something computes.
 *
 * @param about what it is about, in words; null where the formula says it all
 * @param text the formula, a line or more
 * @param latex the same for LaTeX
 * @param symbols settings, and what stands for each of them in the formula
 */
record Formula(@Nullable String about, List<String> text, String latex, Map<String, String> symbols) {
    /** What is absent in the file is null. */
    Formula {
        text = List.copyOf(text);
        symbols = symbols == null ? Map.of() : symbols;
    }
}
