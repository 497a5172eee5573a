package javigate.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javigate.checkpoint.Checkpoint;
import javigate.index.ClipFilter;
import javigate.search.Hit;
import javigate.search.SearchOptions;
import javigate.search.TextQuery;
import javigate.search.VideoLibrary;

/** Adds a folder of videos to a library and searches it. */
final class SearchVideos {
    private SearchVideos() {}

    // README: from here
    static void run(Path folder, Path videos) throws IOException {
        try (VideoLibrary library = VideoLibrary.open(folder, Checkpoint.shipped())) {
            library.add(List.of(videos), outcome -> System.out.println(outcome.file()));
            SearchOptions options =
                    SearchOptions.DEFAULT
                            .withK(5)
                            .withVideos(true)
                            .withFilter(ClipFilter.parse(List.of("duration<60")));
            TextQuery query = TextQuery.parse("a bell rings -rain");
            for (Hit hit : library.search(query, options).hits()) {
                System.out.printf(
                        "%s from %d to %d ms, sound added %.3f%n",
                        hit.file(), hit.moment().startMs(), hit.moment().endMs(), hit.soundAdded());
            }
            library.remove(videos.resolve("old.mp4"));
        }
    }
    // README: to here
}
