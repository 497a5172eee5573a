package javigate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import javigate.checkpoint.hub.CachedModel;

/** The part of {@code doctor} that opens every model. */
final class DoctorModels {

    private static final String INSTALLED = "installed model";

    private DoctorModels() {}

    static void check(Consumer<Finding> each) {
        try {
            Checkpoint shipped = Checkpoint.shipped();
            requireWhole(shipped);
            each.accept(Finding.ok("shipped model", shipped.name() + " opens, weights whole"));
        } catch (IOException | RuntimeException | LinkageError e) {
            each.accept(
                    Finding.of(
                            "shipped model",
                            Finding.State.FAIL,
                            e,
                            "if the cache folder below is well, delete core/target and build again"));
        }
        installed(each);
        try {
            List<CachedModel> pulled = ModelSources.hub().list();
            each.accept(
                    Finding.ok(
                            "pulled weights",
                            pulled.size()
                                    + (pulled.isEmpty()
                                            ? "; ./javigate model pull clip-b32 fetches some"
                                            : " (./javigate model list)")));
        } catch (IOException | RuntimeException e) {
            each.accept(
                    Finding.of(
                            "pulled weights",
                            Finding.State.NOTE,
                            e,
                            "correct the HF_ variable, or name a folder that can be read by HF_HUB_CACHE"));
        }
    }

    private static void installed(Consumer<Finding> each) {
        Path home = ModelFolders.home();
        try {
            List<Path> models = ModelFolders.installed();
            for (Path folder : folders(home)) {
                each.accept(model(folder, models.contains(folder)));
            }
            if (models.isEmpty()) {
                each.accept(Finding.ok(INSTALLED, "none in " + home));
            }
        } catch (IOException e) {
            each.accept(Finding.of(INSTALLED, Finding.State.NOTE, e, "check " + home));
        }
    }

    /** Folders that are shown: hidden ones are being written. */
    private static List<Path> folders(Path home) throws IOException {
        if (!Files.isDirectory(home)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(home)) {
            return entries.filter(Files::isDirectory)
                    .filter(f -> !f.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private static Finding model(Path folder, boolean isModel) {
        String again =
                "install it again (./javigate model assemble or convert) or delete " + folder;
        if (!isModel) {
            return Finding.note(
                    INSTALLED,
                    folder + ": no model, its config.json is missing or names no architecture",
                    again);
        }
        try {
            Checkpoint model = Checkpoint.open(folder);
            requireWhole(model);
            return Finding.ok(INSTALLED, folder.getFileName() + " opens, weights whole");
        } catch (IOException | RuntimeException | LinkageError e) {
            return Finding.note(
                    INSTALLED, folder.getFileName() + " is damaged: " + Finding.reason(e), again);
        }
    }

    private static void requireWhole(Checkpoint model) throws IOException {
        String _ = model.fingerprint();
        var _ = model.tokenizer();
    }
}
