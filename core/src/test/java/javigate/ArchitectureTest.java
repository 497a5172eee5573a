package javigate;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Holds the floors: a package may use only packages on lower floors than its own. */
class ArchitectureTest {

    private static final Map<String, Integer> FLOORS =
            Map.ofEntries(
                    Map.entry("media", 0),
                    Map.entry("tensor", 0),
                    Map.entry("model", 1),
                    Map.entry("checkpoint", 2),
                    Map.entry("data", 3),
                    Map.entry("index", 3),
                    Map.entry("train", 4),
                    Map.entry("eval", 4),
                    Map.entry("report", 5),
                    Map.entry("search", 5),
                    Map.entry("study", 5),
                    Map.entry("verify", 5),
                    Map.entry("server", 6),
                    Map.entry("cli", 7));

    private final JavaClasses classes =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("javigate");

    @Test
    void packagesUseOnlyLowerFloors() {
        List<String> wrong = new ArrayList<>();
        for (JavaClass from : classes) {
            for (var dependency : from.getDirectDependenciesFromSelf()) {
                String target = floorName(dependency.getTargetClass().getBaseComponentType());
                String own = floorName(from);
                if (target.isEmpty() || own.equals(target)) {
                    continue;
                }
                if (!FLOORS.containsKey(own) || !FLOORS.containsKey(target)) {
                    wrong.add("no floor for " + own + " or " + target);
                } else if (FLOORS.get(target) >= FLOORS.get(own)) {
                    wrong.add(dependency.getDescription());
                }
            }
        }
        Assertions.assertEquals(List.of(), wrong);
    }

    @Test
    void onlyTheModelSideTouchesTheTensorEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "javigate.tensor..",
                        "javigate.model..",
                        "javigate.train..",
                        "javigate.verify..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco.pytorch..")
                .check(classes);
    }

    /** First package segment below {@code javigate}, empty for classes elsewhere. */
    private static String floorName(JavaClass type) {
        String name = type.getPackageName();
        if (!name.startsWith("javigate.")) {
            return "";
        }
        String rest = name.substring("javigate.".length());
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }
}
