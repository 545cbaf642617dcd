package dev.lockstep.nn.architecture;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** How the packages of a module depend on each other. */
public final class PackageRules {
    private PackageRules() {}

    /**
     * Every package names only those that it may name.
     *
     * @param root the package that all of them lie in
     * @param mayName each package, with those below it, and the packages that it may name; a class of a package that is
     *     missing here breaks the rule
     */
    public static ArchRule dependOneWay(String root, Map<String, Set<String>> mayName) {
        LayeredArchitecture rule = layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .ensureAllClassesAreContainedInArchitecture();
        Map<String, Set<String>> sorted = new TreeMap<>(mayName);
        for (String name : sorted.keySet()) {
            rule = rule.optionalLayer(name).definedBy(root + "." + name + "..");
        }
        for (Map.Entry<String, Set<String>> entry : sorted.entrySet()) {
            String[] targets = entry.getValue().toArray(String[]::new);
            rule = targets.length == 0
                    ? rule.whereLayer(entry.getKey()).mayNotAccessAnyLayer()
                    : rule.whereLayer(entry.getKey()).mayOnlyAccessLayers(targets);
        }
        return rule;
    }
}
