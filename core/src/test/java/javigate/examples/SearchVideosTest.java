package javigate.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javigate.checkpoint.Checkpoint;
import javigate.search.TinyModel;
import javigate.search.VideoLibrary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchVideosTest {
    @TempDir Path folder;

    @Test
    void theReadmeShowsWhatIsCompiled() throws IOException {
        String source =
                Files.readString(Path.of("src/test/java/javigate/examples/SearchVideos.java"));
        String shown =
                source.substring(
                        source.indexOf("// README: from here\n")
                                + "// README: from here\n".length(),
                        source.indexOf("    // README: to here"));
        String readme = Files.readString(Path.of("../README.md"));
        assertTrue(readme.contains("```java\n" + shown.replaceAll("(?m)^    ", "") + "```"), shown);
    }

    @Test
    void itRuns() throws IOException {
        Path videos = Files.createDirectory(folder.resolve("videos"));
        TinyModel.clip(videos.resolve("new.mp4"), 3, 440);
        TinyModel.clip(videos.resolve("old.mp4"), 3, 880);
        Path library = folder.resolve("library");
        SearchVideos.run(library, videos);
        try (VideoLibrary open = VideoLibrary.openToRead(library, Checkpoint.shipped())) {
            assertEquals(1, open.videos().size());
        }
    }
}
