package javigate.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javigate.data.Manifest.Role;

/** What the readers of layouts share. */
final class Layouts {

    private static final int SHOWN = 5;

    private Layouts() {}

    /**
     * Looks whether a folder is laid out as a data set.
     *
     * @param all files it must have
     * @param some files of which it must have one at least
     * @throws IOException naming what was looked for and what is there instead
     */
    static void require(Path folder, String dataset, List<String> all, List<String> some)
            throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": no such folder; --data names the one of " + dataset);
        }
        boolean complete =
                all.stream().allMatch(name -> Files.isRegularFile(folder.resolve(name)))
                        && some.stream()
                                .anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
        if (complete) {
            return;
        }
        List<String> there;
        try (Stream<Path> files = Files.list(folder)) {
            there = files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
        List<String> wanted = new ArrayList<>(all);
        wanted.add((all.isEmpty() ? "" : "and ") + "one or more of " + String.join(", ", some));
        throw new IOException(
                "%s: not %s's layout; looked for %s; there is %s"
                        .formatted(
                                folder,
                                dataset,
                                String.join(", ", wanted),
                                there.isEmpty()
                                        ? "nothing"
                                        : String.join(
                                                        ", ",
                                                        there.subList(
                                                                0, Math.min(SHOWN, there.size())))
                                                + (there.size() > SHOWN
                                                        ? " and " + (there.size() - SHOWN) + " more"
                                                        : "")));
    }

    /** What a split of this name is for; whatever does not say so is for tests. */
    static Role role(String split) {
        String name = split.toLowerCase(Locale.ROOT);
        if (name.startsWith("train")) {
            return Role.TRAINING;
        }
        return name.startsWith("val") || name.startsWith("dev") ? Role.SELECTION : Role.TEST;
    }
}
