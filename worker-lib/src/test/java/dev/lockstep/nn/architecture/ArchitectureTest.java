package dev.lockstep.nn.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.layer.LayerReplica;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/** The worker library knows no Spark, and its packages depend on each other in one direction. */
@AnalyzeClasses(packages = "dev.lockstep.nn", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    /** Each package, and the packages that it may name. A package that is missing here fails the test. */
    private static final Map<String, Set<String>> MAY_NAME = Map.ofEntries(
            Map.entry("tensor", Set.of()),
            Map.entry("random", Set.of()),
            Map.entry("kernel", Set.of("random", "tensor")),
            Map.entry("spec", Set.of("tensor")),
            Map.entry("data", Set.of("kernel", "random", "spec", "tensor")),
            Map.entry("param", Set.of("data", "kernel", "random", "spec", "tensor")),
            Map.entry("layer", Set.of("data", "kernel", "param", "random", "spec", "tensor")),
            Map.entry("loss", Set.of("data", "kernel", "layer", "metric", "spec", "tensor")),
            Map.entry("metric", Set.of("data", "kernel", "random", "spec", "tensor")),
            Map.entry("optim", Set.of("kernel", "random", "spec", "tensor")),
            Map.entry(
                    "model", Set.of("data", "kernel", "layer", "loss", "metric", "param", "random", "spec", "tensor")),
            Map.entry(
                    "posterior",
                    Set.of("data", "kernel", "layer", "loss", "model", "optim", "param", "spec", "tensor")),
            Map.entry(
                    "train",
                    Set.of(
                            "data",
                            "kernel",
                            "loss",
                            "metric",
                            "model",
                            "optim",
                            "param",
                            "posterior",
                            "random",
                            "spec",
                            "tensor")),
            Map.entry("io", Set.of("data", "layer", "loss", "model", "param", "spec", "tensor", "train")),
            Map.entry("torch", Set.of("data", "io", "layer", "loss", "model", "param", "tensor")),
            Map.entry("serve", Set.of("data", "io", "loss", "model", "spec")),
            Map.entry("onnx", Set.of("data", "io", "kernel", "layer", "loss", "model", "param", "spec", "tensor")));

    @ArchTest
    static final ArchRule PACKAGES_DEPEND_ONE_WAY = PackageRules.dependOneWay("dev.lockstep.nn", MAY_NAME);

    @ArchTest
    static final ArchRule NO_SPARK = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.lockstep.spark..", "org.apache..", "scala..", "org.slf4j..")
            .because("the worker library is plain Java, usable alone in any JVM");

    @ArchTest
    static final ArchRule VECTORS_STAY_IN_KERNEL = classes()
            .that()
            .resideOutsideOfPackage("dev.lockstep.nn.kernel..")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackage("jdk.incubator.vector..");

    @ArchTest
    static final ArchRule A_BOUND_LAYER_IS_CALLED_LAYER =
            classes().that().areAssignableTo(Layer.class).should().haveSimpleNameEndingWith("Layer");

    @ArchTest
    static final ArchRule WHAT_COMPUTES_A_LAYER_IS_CALLED_REPLICA =
            classes().that().areAssignableTo(LayerReplica.class).should().haveSimpleNameEndingWith("Replica");

    @ArchTest
    static final ArchRule THE_GROUP_OF_RANKS_STARTS_THREADS = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.lockstep.nn.train.RankGroup")
            .and()
            .resideOutsideOfPackage("dev.lockstep.nn.serve")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ExecutorService.class)
            .orShould()
            .callConstructor(Thread.class, Runnable.class)
            .because("whoever starts threads waits for them, and owns what they use");

    @ArchTest
    static final ArchTests ARITHMETIC = ArchTests.in(ArithmeticRules.class);

    @ArchTest
    static final ArchTests LIKELIHOOD = ArchTests.in(LikelihoodRules.class);

    @ArchTest
    static final ArchTests FORM = ArchTests.in(FormRules.class);
}
