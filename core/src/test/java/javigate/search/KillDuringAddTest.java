package javigate.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import javigate.checkpoint.Checkpoint;
import javigate.index.StoredVideo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that adds videos, again and again, and looks at what it left. */
class KillDuringAddTest {

    private static final int ROUNDS = 4;
    private static final int VIDEOS = 12;

    @TempDir Path folder;

    @Test
    void whatWasReportedIsThereAndTheRestCanBeAdded() throws Exception {
        Path modelFolder = folder.resolve("model");
        Checkpoint model = TinyModel.save(modelFolder, 1);
        Path videos = Files.createDirectory(folder.resolve("videos"));
        for (int i = 0; i < VIDEOS; i++) {
            TinyModel.clip(videos.resolve("v" + i + ".mp4"), 1, 200 + 50 * i);
        }
        Path library = folder.resolve("library");
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        Set<String> reported = new TreeSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            reported.addAll(killAfter(library, modelFolder, videos, 1 + random.nextInt(3)));
            try (VideoLibrary open = VideoLibrary.openToRead(library, model)) {
                Set<String> stored =
                        open.videos().stream()
                                .map(StoredVideo::file)
                                .map(f -> f.path())
                                .collect(Collectors.toSet());
                assertTrue(stored.containsAll(reported), reported + " in " + stored);
            }
        }
        try (VideoLibrary open = VideoLibrary.open(library, model)) {
            AddReport rest = open.add(List.of(videos), outcome -> {});
            assertEquals(0, rest.failed());
            assertEquals(VIDEOS, rest.indexed() + rest.skipped());
            assertTrue(rest.skipped() >= reported.size());
            assertEquals(VIDEOS, open.clipCount());
        }
    }

    /** Kills the process once it has reported some files; returns every file it reported. */
    private static List<String> killAfter(Path library, Path model, Path videos, int files)
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                AddUntilKilled.class.getName(),
                                library.toString(),
                                model.toString(),
                                videos.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        List<String> reported = new ArrayList<>();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                reported.add(line);
                if (reported.size() == files) {
                    process.toHandle().destroyForcibly(); // leaves its last output to read
                }
            }
        }
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return reported;
    }
}
