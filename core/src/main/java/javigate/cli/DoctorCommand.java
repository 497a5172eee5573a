package javigate.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import javigate.checkpoint.ModelFolders;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Says what this machine has and lacks to run javigate; exit code 1 where something"
                        + " is missing that it cannot work without.")
final class DoctorCommand implements Callable<Integer> {

    @Option(
            names = "--library",
            paramLabel = "FOLDER",
            description =
                    "Library folder to look at. Default: JAVIGATE_LIBRARY, else"
                            + " ~/.local/share/javigate.")
    private @Nullable Path library;

    @Option(names = "--json", description = "Print as JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        List<Finding> findings = new ArrayList<>();
        // Each line as soon as it is known: should a native library crash, the last one tells.
        Consumer<Finding> each =
                finding -> {
                    findings.add(finding);
                    if (!json) {
                        print(finding);
                    }
                };
        DoctorMachine.check(each);
        DoctorModels.check(each);
        Path folder = LibraryFolderOption.folder(library);
        DoctorFolders.check("library folder", folder, "--library or JAVIGATE_LIBRARY", each);
        DoctorFolders.library(folder, each);
        DoctorFolders.check("models folder", ModelFolders.home(), "JAVIGATE_MODELS", each);
        DoctorFolders.check("cache folder", ModelFolders.cache(), "XDG_CACHE_HOME", each);
        if (json) {
            Json.print(findings.stream().map(DoctorCommand::fields).toList());
        }
        return findings.stream().anyMatch(f -> f.state() == Finding.State.FAIL) ? 1 : 0;
    }

    private static void print(Finding finding) {
        System.out.printf(
                "%-4s  %-15s %s%s%n",
                finding.state(),
                finding.check(),
                finding.found(),
                finding.remedy().isEmpty() ? "" : "; " + finding.remedy());
        System.out.flush();
    }

    private static Map<String, Object> fields(Finding finding) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("check", finding.check());
        fields.put("state", finding.state().toString());
        fields.put("found", finding.found());
        fields.put("remedy", finding.remedy());
        return fields;
    }
}
