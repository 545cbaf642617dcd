package dev.lockstep.nn.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.InstanceofCheck;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.ReferencedClassObject;
import com.tngtech.archunit.core.domain.SourceCodeLocation;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.loss.Likelihood;
import dev.lockstep.nn.loss.Loss;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a network's outputs mean is said by its likelihood: nobody outside asks which kind of loss, of likelihood or of
 * link it is. Both modules' architecture tests include these rules.
 */
public final class LikelihoodRules {
    private LikelihoodRules() {}

    @ArchTest
    static final ArchRule NOBODY_ASKS_FOR_THE_KIND_OF_LOSS = noClasses()
            .that()
            .resideOutsideOfPackage("dev.lockstep.nn.loss..")
            .should(askForKindsOf(Loss.class, Likelihood.class))
            .because("what depends on the kind is a method of Loss or Likelihood");

    @ArchTest
    static final ArchRule NOBODY_ASKS_FOR_THE_KIND_OF_LINK = noClasses()
            .that()
            .resideOutsideOfPackages("dev.lockstep.nn.loss..", "dev.lockstep.nn.layer..", "dev.lockstep.nn.onnx..")
            .should(askForKindsOf(Activation.class))
            .because("what depends on a loss's link is a method of Likelihood");

    private static ArchCondition<JavaClass> askForKindsOf(Class<?>... sealed) {
        // By name: the driver's classes are read without the worker library's.
        Set<String> kinds = new TreeSet<>();
        for (Class<?> type : sealed) {
            addKinds(type, kinds);
        }
        return new ArchCondition<>("ask whether something is one of " + kinds) {
            @Override
            public void check(JavaClass asking, ConditionEvents events) {
                for (InstanceofCheck check : asking.getInstanceofChecks()) {
                    add(asking, check.getRawType(), check.getSourceCodeLocation(), events);
                }
                for (ReferencedClassObject named : asking.getReferencedClassObjects()) {
                    add(asking, named.getRawType(), named.getSourceCodeLocation(), events);
                }
            }

            private void add(JavaClass asking, JavaClass kind, SourceCodeLocation where, ConditionEvents events) {
                if (kinds.contains(kind.getName())) {
                    String asks = asking.getName() + " asks for " + kind.getSimpleName() + " in " + where;
                    events.add(SimpleConditionEvent.satisfied(asking, asks));
                }
            }
        };
    }

    private static void addKinds(Class<?> sealed, Set<String> names) {
        for (Class<?> kind : sealed.getPermittedSubclasses()) {
            names.add(kind.getName());
            if (kind.isSealed()) {
                addKinds(kind, names);
            }
        }
    }
}
