package dev.lockstep.nn.architecture;

import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;

/** How long a list of parameters may become. Both modules' architecture tests include these rules. */
public final class FormRules {
    private static final int MOST_PARAMETERS = 7;

    /** Generated classes: the innermost tiles, whose accumulators C2 wants spelled out. */
    private static final Set<String> GENERATED = Set.of("Chains");

    @ArchTest
    static final ArchRule FEW_PARAMETERS = codeUnits()
            .that(areWrittenByHand())
            .should(be(DescribedPredicate.describe(
                    "able to be called with at most " + MOST_PARAMETERS + " arguments",
                    (JavaCodeUnit code) -> code.getRawParameterTypes().size() <= MOST_PARAMETERS)))
            .because("a record or a view of a vector or matrix says what many arguments only number");

    private FormRules() {}

    private static DescribedPredicate<JavaCodeUnit> areWrittenByHand() {
        return DescribedPredicate.describe("are written by hand", code -> {
            boolean compiler = code.getModifiers().contains(JavaModifier.SYNTHETIC);
            boolean record = code.isConstructor() && code.getOwner().isRecord();
            boolean generated = GENERATED.contains(code.getOwner().getSimpleName());
            return !(compiler || record || generated);
        });
    }
}
