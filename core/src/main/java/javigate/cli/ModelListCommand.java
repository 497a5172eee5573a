package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import javigate.checkpoint.hub.CachedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code model list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the models installed, and the weights pulled from a hub.")
final class ModelListCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Print as JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        List<Map<String, Object>> models = new ArrayList<>();
        models.add(fields(ModelFolders.SHIPPED, Checkpoint.shipped()));
        for (Path folder : ModelFolders.installed()) {
            models.add(installed(folder));
        }
        List<Map<String, Object>> pulled = new ArrayList<>();
        for (CachedModel cached : ModelSources.hub().list()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", cached.name());
            fields.put("commit", cached.commit());
            fields.put("bytes", cached.bytes());
            fields.put("folder", cached.folder().toString());
            pulled.add(fields);
        }
        if (json) {
            Json.print(Map.of("models", models, "pulled", pulled));
            return 0;
        }
        System.out.println("models, for --model:");
        models.forEach(m -> row(m, String.valueOf(m.get("architecture"))));
        System.out.println("pulled weights, for model assemble and convert:");
        if (pulled.isEmpty()) {
            System.out.println("  none yet; ./javigate model pull clip-b32");
        }
        pulled.forEach(p -> row(p, String.valueOf(p.get("commit")).substring(0, 8)));
        return 0;
    }

    /** A damaged model is a row like any other: the rest is still of use. */
    private static Map<String, Object> installed(Path folder) {
        String name = folder.getFileName().toString();
        try {
            return fields(name, Checkpoint.open(folder));
        } catch (IOException e) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", name);
            fields.put("architecture", "damaged");
            fields.put("folder", String.valueOf(e.getMessage()));
            return fields;
        }
    }

    private static Map<String, Object> fields(String name, Checkpoint model) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", name);
        fields.put("architecture", model.architecture());
        fields.put("bytes", java.nio.file.Files.size(model.weightFile()));
        fields.put("folder", model.folder().toString());
        return fields;
    }

    private static void row(Map<String, Object> fields, String what) {
        System.out.printf(
                Locale.ROOT,
                "  %-28s %-10s %9.1f MB  %s%n",
                fields.get("name"),
                what,
                ((Number) fields.getOrDefault("bytes", 0)).longValue() / 1e6,
                fields.get("folder"));
    }
}
