package javigate.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Finds the model folder among javigate's resources. */
final class ShippedModel {

    private static final String RESOURCES = "/javigate/models/javigate-small/";
    private static final List<String> FILES =
            List.of(
                    "config.json",
                    "preprocessor_config.json",
                    "vocab.json",
                    "merges.txt",
                    "README.md",
                    Calibration.FILE,
                    "model.safetensors");

    private ShippedModel() {}

    static Path folder() throws IOException {
        URL config = resource("config.json");
        if (config.getProtocol().equals("file")) {
            try {
                return Path.of(config.toURI()).resolveSibling("");
            } catch (URISyntaxException e) {
                throw new IOException(config + ": not a path", e);
            }
        }
        Path folder = Fingerprints.userCache().resolve("models").resolve("javigate-small");
        Files.createDirectories(folder);
        for (String name : FILES) {
            unpack(name, folder.resolve(name));
        }
        return folder;
    }

    /** Writes a resource beside its target and renames it, unless the same is there already. */
    private static void unpack(String name, Path target) throws IOException {
        byte[] bytes;
        try (InputStream in = resource(name).openStream()) {
            bytes = in.readAllBytes();
        }
        if (Files.exists(target) && java.util.Arrays.equals(Files.readAllBytes(target), bytes)) {
            return;
        }
        Path beside = Files.createTempFile(target.getParent(), name, ".part");
        Files.write(beside, bytes);
        Files.move(
                beside,
                target,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static URL resource(String name) throws IOException {
        URL url = ShippedModel.class.getResource(RESOURCES + name);
        if (url == null) {
            throw new IOException(
                    "javigate was built without its small model (" + RESOURCES + name + ")");
        }
        return url;
    }
}
