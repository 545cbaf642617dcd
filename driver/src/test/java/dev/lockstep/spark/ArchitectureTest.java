package dev.lockstep.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import dev.lockstep.nn.architecture.ArithmeticRules;

/** The driver leaves the vector code to the worker library and keeps to the same arithmetic. */
@AnalyzeClasses(packages = "dev.lockstep.spark", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule NO_VECTORS =
            noClasses().should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..");

    @ArchTest
    static final ArchTests ARITHMETIC = ArchTests.in(ArithmeticRules.class);
}
