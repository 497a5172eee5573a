package javigate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import javigate.index.ClipVectors;
import javigate.index.LuceneClipStore;
import javigate.index.Samples;
import javigate.index.StoredClip;
import javigate.index.VideoFile;
import javigate.search.exchange.LibraryExport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk and a read-only one, mounted in a name space that any user may have on Linux. */
class FullDiskTest {

    private static final int VIDEOS = 60;
    private static final String FULL = "No space left on device";
    private static final String READ_ONLY = "Read-only file system";

    @TempDir Path folder;

    /** What a verb printed and its exit code. */
    private record Said(String verb, List<String> lines, int code) {}

    @Test
    void eachVerbSaysWhyInOneLineAndLosesNothing() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(canMount(disk), "no file system can be mounted by this user");
        List<Said> said = trial(disk, export());
        String library = disk.resolve("library") + ": ";
        Said first = said.get(0);
        refused(first, library, FULL);
        Said check = said.get(1);
        assertEquals(0, check.code(), check.toString());
        refused(said.get(2), library, FULL);
        refused(said.get(3), library, FULL);
        refused(said.get(4), disk.resolve("out") + ": ", FULL);
        assertEquals(check, said.get(5)); // nothing lost
        assertEquals(List.of("filler", "library"), said.get(6).lines());
        assertTrue(
                said.get(7)
                        .lines()
                        .getFirst()
                        .matches(".*: \\d+ videos added, 0 replaced, [1-9]\\d* unchanged"),
                said.toString());
        assertEquals(0, said.get(8).code(), said.toString());
        assertEquals(
                library + VIDEOS + " videos, " + VIDEOS + " clips: nothing wrong",
                said.get(9).lines().getFirst());
        assertEquals(0, said.get(10).code(), said.toString());
        for (int i = 11; i < 14; i++) {
            refused(said.get(i), library, READ_ONLY);
        }
        refused(said.get(14), disk.resolve("again") + ": ", READ_ONLY);
        refused(said.get(15), disk.resolve("new") + ": ", READ_ONLY);
        assertEquals(said.get(9), said.get(16));
    }

    private static void refused(Said said, String where, String why) {
        assertEquals(1, said.code(), said.toString());
        assertEquals(1, said.lines().size(), said.toString());
        String line = said.lines().getFirst();
        assertTrue(line.startsWith("javigate: " + where), line);
        assertTrue(line.contains(why), line);
    }

    private static boolean canMount(Path disk) throws IOException, InterruptedException {
        try {
            return start("mount -t tmpfs -o size=1m disk '" + disk + "'")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException _) {
            return false; // no unshare
        }
    }

    private static ProcessBuilder start(String script) {
        return new ProcessBuilder(
                "unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script);
    }

    /** An exported library that takes more than the small disk. */
    private Path export() throws IOException {
        RandomGenerator random = new SplittableRandom(8);
        Path exported = folder.resolve("export");
        try (LuceneClipStore store =
                LuceneClipStore.openToWrite(folder.resolve("source"), Samples.MODEL)) {
            for (int i = 0; i < VIDEOS; i++) {
                VideoFile drawn = Samples.file(random, "v");
                VideoFile file =
                        new VideoFile("/videos/v" + i, 1, drawn.modifiedMs(), drawn.sha256());
                ClipVectors vectors = Samples.clipVectors(random, 200, Samples.WIDTH);
                store.putVideo(List.<StoredClip>of(Samples.clip(file, 0, vectors)));
            }
            LibraryExport.write(store, exported, null, 25, _ -> {});
        }
        return exported;
    }

    private static List<Said> trial(Path disk, Path exported) throws Exception {
        String java =
                "'%s' --enable-native-access=ALL-UNNAMED --add-modules jdk.incubator.vector -Xmx256m -cp '%s' %s '%s' '%s'"
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                System.getProperty("java.class.path"),
                                DiskTrial.class.getName(),
                                exported,
                                disk);
        Process process =
                start("mount -t tmpfs -o size=1m disk '" + disk + "' && exec " + java)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        List<String> output;
        try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
            output = reader.lines().toList();
        }
        assertEquals(0, process.waitFor(), String.join("\n", output));
        List<Said> said = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        String verb = "";
        for (String line : output) {
            if (line.startsWith("== ")) {
                verb = line.substring(3);
                lines = new ArrayList<>();
            } else if (line.startsWith("exit ")) {
                said.add(new Said(verb, lines, Integer.parseInt(line.substring(5))));
            } else {
                lines.add(line);
            }
        }
        return said;
    }
}
