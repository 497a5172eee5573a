package javigate.index;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import javigate.search.exchange.LibraryExport;

/**
 * The process that is killed: adds, updates and deletes random videos, compacts and exports for
 * ever, and says what before and after.
 */
final class KilledWriter {
    private static final int VIDEOS = 12;

    private KilledWriter() {}

    private interface Work {
        void run() throws IOException;
    }

    private static void say(PrintStream out, String what, Work work) throws IOException {
        out.println("start " + what);
        work.run();
        out.println("done " + what);
    }

    /** Arguments: folder, seed. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        RandomGenerator random = new SplittableRandom(Long.parseLong(args[1]));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Path exports = Files.createDirectories(folder.resolve("exports"));
        try (LuceneClipStore store =
                LuceneClipStore.openToWrite(folder.resolve("library"), Samples.MODEL)) {
            out.println("open");
            for (int n = 0; ; n++) {
                int draw = random.nextInt(20);
                String video = "v" + random.nextInt(VIDEOS) + ".mp4";
                if (draw < 8) {
                    List<StoredClip> clips =
                            Samples.video(random, video, 1 + random.nextInt(6), Samples.WIDTH);
                    String sha256 = clips.getFirst().file().sha256();
                    boolean known = store.find(Samples.path(video)).isPresent();
                    say(
                            out,
                            "%s %s %d %s"
                                    .formatted(
                                            known ? "update" : "add", video, clips.size(), sha256),
                            () -> store.putVideo(clips));
                } else if (draw < 12) {
                    say(
                            out,
                            "delete " + video + " 0 -",
                            () -> store.removeVideo(Samples.path(video)));
                } else if (draw < 16) {
                    say(out, "compact all 0 -", () -> store.compact(_ -> {}));
                } else {
                    String name = "e" + args[1] + "-" + n;
                    say(
                            out,
                            "export " + name + " 0 -",
                            () ->
                                    LibraryExport.write(
                                            store, exports.resolve(name), null, 10, _ -> {}));
                }
            }
        }
    }
}
