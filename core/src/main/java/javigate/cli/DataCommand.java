package javigate.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import javigate.data.SightSound;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code data}: makes and checks data sets. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        description = "Makes and checks data sets.",
        synopsisSubcommandLabel = "VERB",
        subcommands = {DataCheckCommand.class, DataCommand.MakeSightSound.class})
final class DataCommand {

    @Command(
            name = "make-sightsound",
            mixinStandardHelpOptions = true,
            description = "Makes the synthetic benchmark: mp4 files, captions, splits.")
    static final class MakeSightSound implements Callable<Integer> {

        @Option(names = "--dir", required = true, description = "Folder to write.")
        private Path dir = Path.of("");

        @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
        private long seed;

        @Option(names = "--train", defaultValue = "2000", description = "Training clips.")
        private int train;

        @Option(names = "--val", defaultValue = "200", description = "Validation clips.")
        private int val;

        @Option(names = "--test", defaultValue = "500", description = "Test clips.")
        private int test;

        @Override
        public Integer call() throws Exception {
            SightSound.Sizes sizes = new SightSound.Sizes(train, val, test);
            try (Progress progress = Progress.of("making clips", sizes.total())) {
                SightSound.Made made =
                        SightSound.generate(dir, sizes, seed, (done, all) -> progress.to(done));
                System.out.printf(
                        Locale.ROOT,
                        "%s: %d clips written, %d kept; metadata %s; a reader of the metadata would"
                                + " reach R@1 %s%n",
                        dir,
                        made.written(),
                        made.kept(),
                        made.metadataSha256(),
                        made.ceilingR1());
            }
            return 0;
        }
    }
}
