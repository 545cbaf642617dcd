package dev.lockstep.nn.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * What arithmetic a class may use so that its bits are the same on every JVM and processor. Both modules' architecture
 * tests include these rules.
 *
 * <p>The transcendental methods of {@link Math} may differ by JVM and processor within their error bounds, and the
 * JDK's vector operators of the same names call whatever library it ships; {@link StrictMath} and the project's own
 * polynomials do not differ.
 */
public final class ArithmeticRules {
    /** The methods of {@link Math} whose result is exactly defined. */
    private static final Set<String> EXACT = Set.of(
            "abs",
            "absExact",
            "addExact",
            "ceil",
            "ceilDiv",
            "ceilDivExact",
            "ceilMod",
            "clamp",
            "copySign",
            "decrementExact",
            "floor",
            "floorDiv",
            "floorMod",
            "fma",
            "getExponent",
            "incrementExact",
            "max",
            "min",
            "multiplyExact",
            "multiplyFull",
            "multiplyHigh",
            "negateExact",
            "nextDown",
            "nextUp",
            "rint",
            "round",
            "scalb",
            "signum",
            "sqrt",
            "subtractExact",
            "toIntExact",
            "ulp",
            "unsignedMultiplyHigh");

    private static final Set<String> INEXACT_OPERATORS = Set.of(
            "ACOS", "ASIN", "ATAN", "ATAN2", "CBRT", "COS", "COSH", "EXP", "EXPM1", "HYPOT", "LOG", "LOG10", "LOG1P",
            "POW", "SIN", "SINH", "TAN", "TANH");

    private static final DescribedPredicate<JavaAccess<?>> INEXACT_METHOD = describe(
            "a method of java.lang.Math that is not exactly defined",
            access -> access.getTargetOwner().isEquivalentTo(Math.class) && !EXACT.contains(access.getName()));

    private static final DescribedPredicate<JavaFieldAccess> INEXACT_OPERATOR = describe(
            "a transcendental operator of jdk.incubator.vector",
            access -> access.getTargetOwner().getName().equals("jdk.incubator.vector.VectorOperators")
                    && INEXACT_OPERATORS.contains(access.getName()));

    @ArchTest
    static final ArchRule ONLY_EXACT_METHODS_OF_MATH = noClasses()
            .should()
            .accessTargetWhere(INEXACT_METHOD)
            .because("its bits differ by JVM and processor: use StrictMath or the kernels");

    @ArchTest
    static final ArchRule NO_TRANSCENDENTAL_VECTOR_OPERATORS =
            noClasses().should().accessFieldWhere(INEXACT_OPERATOR).because("its bits differ by JVM and processor");

    @ArchTest
    static final ArchRule NO_SEQUENTIAL_GENERATORS = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Random.class, SplittableRandom.class, ThreadLocalRandom.class, RandomGenerator.class)
            .because("random numbers belong to counter-based streams (dev.lockstep.nn.random)");

    private ArithmeticRules() {}
}
