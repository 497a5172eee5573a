package javigate.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Paths as a library has them: absolute, without {@code .} and {@code ..}. */
public final class AbsolutePath {
    private AbsolutePath() {}

    /**
     * The file that a path names. Links stay as they are, but for those before a {@code ..}, which
     * means the folder above what the link leads to, as for the operating system.
     */
    public static Path of(Path path) {
        Path absolute = path.toAbsolutePath();
        Path result = absolute.getRoot();
        for (Path part : absolute) {
            switch (part.toString()) {
                case "." -> {}
                case ".." -> result = above(result);
                default -> result = result.resolve(part);
            }
        }
        return result;
    }

    private static Path above(Path folder) {
        Path real = folder;
        try {
            if (Files.exists(folder)) {
                real = folder.toRealPath();
            }
        } catch (IOException _) {
            // It cannot be looked at; the name is all there is to go by.
        }
        Path parent = real.getParent();
        return parent == null ? real : parent;
    }
}
