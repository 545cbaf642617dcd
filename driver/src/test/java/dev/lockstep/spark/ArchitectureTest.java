package dev.lockstep.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import dev.lockstep.nn.architecture.ArithmeticRules;
import dev.lockstep.nn.architecture.FormRules;
import dev.lockstep.nn.architecture.LikelihoodRules;
import dev.lockstep.nn.architecture.PackageRules;
import dev.lockstep.spark.sync.Cluster;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The driver's packages depend on each other in one direction; it leaves the vector code to the worker library and
 * keeps to the same rules of arithmetic and likelihoods.
 */
@AnalyzeClasses(packages = "dev.lockstep.spark", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    /**
     * Each package, and the packages that it may name. A package that is missing here fails the test. Rows come in
     * through ingest, which knows neither shards nor predictions; shard and predict both read them there, and do not
     * know each other.
     */
    private static final Map<String, Set<String>> MAY_NAME = Map.ofEntries(
            Map.entry("config", Set.of()),
            Map.entry("io", Set.of()),
            Map.entry("report", Set.of("config")),
            Map.entry("live", Set.of("report")),
            Map.entry("ingest", Set.of("config")),
            Map.entry("describe", Set.of("config", "ingest")),
            Map.entry("explain", Set.of("config")),
            Map.entry("shard", Set.of("config", "ingest")),
            Map.entry("predict", Set.of("config", "ingest", "io")),
            Map.entry("checkpoint", Set.of("config", "io", "shard")),
            Map.entry("sync", Set.of("shard")),
            Map.entry("train", Set.of("checkpoint", "config", "ingest", "io", "live", "report", "shard", "sync")),
            Map.entry("ml", Set.of("config", "ingest", "io", "predict", "report", "train")),
            Map.entry("doctor", Set.of("config", "ingest", "report", "shard", "sync", "train")),
            Map.entry(
                    "cli",
                    Set.of(
                            "checkpoint",
                            "config",
                            "describe",
                            "doctor",
                            "explain",
                            "ingest",
                            "io",
                            "live",
                            "predict",
                            "report",
                            "shard",
                            "sync",
                            "train")));

    @ArchTest
    static final ArchRule PACKAGES_DEPEND_ONE_WAY = PackageRules.dependOneWay("dev.lockstep.spark", MAY_NAME);

    @ArchTest
    static final ArchRule ONE_PROCESS_OR_SEVERAL_IS_ASKED_ONCE = noClasses()
            .that()
            .doNotBelongToAnyOf(Cluster.class)
            .should()
            .callMethod(JavaSparkContext.class, "isLocal")
            .orShould()
            .callMethod(SparkContext.class, "isLocal")
            .because("Cluster has an implementation for each answer");

    @ArchTest
    static final ArchRule THE_NETWORK_OF_ALL_REDUCE_HAS_ONE_DOOR = noClasses()
            .that()
            .resideOutsideOfPackage("dev.lockstep.spark.sync.allreduce")
            .and()
            .doNotHaveFullyQualifiedName("dev.lockstep.spark.sync.NetworkedRound")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.lockstep.spark.sync.allreduce");

    @ArchTest
    static final ArchRule THE_NETWORK_OF_ALL_REDUCE_KNOWS_NO_JOBS = noClasses()
            .that()
            .resideInAPackage("dev.lockstep.spark.sync.allreduce")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.lockstep.spark.sync", "org.apache.spark.api..", "org.apache.spark.broadcast..", "..rdd..");

    @ArchTest
    static final ArchRule STATES_ARE_BROADCAST_IN_ONE_FORM = noClasses()
            .that()
            .resideInAPackage("dev.lockstep.spark.sync..")
            .and()
            .doNotHaveSimpleName("StateBroadcast")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.spark.broadcast..");

    /** With {@code --json} all that a command prints is one JSON object. */
    @ArchTest
    static final ArchRule COMMANDS_PRINT_THROUGH_THEIR_BASE = noClasses()
            .that()
            .resideInAPackage("dev.lockstep.spark.cli..")
            .and()
            .doNotHaveSimpleName("SparkCommand")
            .and()
            .doNotHaveSimpleName("Streams")
            .should()
            .callMethod("dev.lockstep.spark.cli.Streams", "out");

    @ArchTest
    static final ArchRule NO_VECTORS =
            noClasses().should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..");

    @ArchTest
    static final ArchTests ARITHMETIC = ArchTests.in(ArithmeticRules.class);

    @ArchTest
    static final ArchTests LIKELIHOOD = ArchTests.in(LikelihoodRules.class);

    @ArchTest
    static final ArchTests FORM = ArchTests.in(FormRules.class);
}
