package dev.lockstep.spark.train;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What of the JDK has to be open to Spark, in a program's own JVM: spark-submit and the scripts see to it. */
final class OpenPackages {
    /** Those by which Spark reaches memory outside the heap and reads closures. */
    private static final List<String> NEEDED =
            List.of("java.lang", "java.lang.invoke", "java.nio", "java.util", "sun.nio.ch");

    private OpenPackages() {}

    /** A line that names the options that are missing; null if none is. */
    static @Nullable String notice() {
        Module unnamed = OpenPackages.class.getClassLoader().getUnnamedModule();
        return notice(NEEDED.stream()
                .filter(name -> !Object.class.getModule().isOpen(name, unnamed))
                .toList());
    }

    /**
     * The same.
     *
     * @param closed the packages that are not open
     */
    static @Nullable String notice(List<String> closed) {
        return closed.isEmpty()
                ? null
                : "this JVM was started without "
                        + closed.stream()
                                .map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED")
                                .collect(Collectors.joining(" "))
                        + ", which Spark needs when rows do not fit into memory";
    }
}
