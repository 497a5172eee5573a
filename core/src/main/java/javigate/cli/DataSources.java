package javigate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javigate.data.SightSound;
import javigate.train.Ranks;

/** Data sets as the command line and configurations name them. */
final class DataSources {

    private static final Pattern SIGHTSOUND =
            Pattern.compile("sightsound:(\\d{1,9})(?::(\\d{1,5}))?");

    private DataSources() {}

    /**
     * The place of a data set: a folder or manifest that is there, or SightSound of a seed and of
     * so many training clips (2,000 when left out; val and test do not depend on it), which is made
     * where it is missing, below {@code JAVIGATE_DATA} or {@code ~/.local/share/javigate-data}.
     *
     * @param ranks one process makes it, the others wait
     * @throws IOException if there is no such folder, or it cannot be made
     */
    static Path find(String source, Ranks ranks) throws IOException {
        Matcher sightSound = SIGHTSOUND.matcher(source);
        if (!sightSound.matches()) {
            Path place = Path.of(source);
            if (!Files.exists(place)) {
                throw new IOException(
                        source
                                + ": no such data folder or manifest; name one, or sightsound:1 for the"
                                + " synthetic set");
            }
            return place;
        }
        Path folder = home().resolve(source.replace(':', '-'));
        if (ranks.first()) {
            String train = sightSound.group(2);
            make(
                    folder,
                    Long.parseLong(sightSound.group(1)),
                    train == null
                            ? SightSound.FULL
                            : SightSound.FULL.withTrain(Integer.parseInt(train)));
        }
        ranks.barrier();
        return folder;
    }

    /** Clips that are there are kept, so a crash costs little. */
    private static void make(Path folder, long seed, SightSound.Sizes sizes) throws IOException {
        if (Files.exists(folder.resolve("complete"))) {
            return;
        }
        System.err.println("making SightSound with seed " + seed + " in " + folder + " (once)");
        try (Progress progress = Progress.of("making clips", sizes.total())) {
            var _ = SightSound.generate(folder, sizes, seed, (done, all) -> progress.to(done));
        }
        Files.writeString(folder.resolve("complete"), "");
    }

    private static Path home() {
        return Path.of(
                Optional.ofNullable(System.getenv("JAVIGATE_DATA"))
                        .filter(s -> !s.isBlank())
                        .orElse(System.getProperty("user.home") + "/.local/share/javigate-data"));
    }
}
