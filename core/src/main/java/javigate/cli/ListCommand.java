package javigate.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javigate.index.ClipStore;
import javigate.index.LuceneClipStore;
import javigate.index.StoredVideo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ls}. */
@Command(
        name = "ls",
        mixinStandardHelpOptions = true,
        description = "Lists the videos of the library.")
final class ListCommand implements Callable<Integer> {

    @Mixin private LibraryFolderOption library = new LibraryFolderOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        List<StoredVideo> videos;
        try (ClipStore open = LuceneClipStore.openToRead(library.folder(), null)) {
            videos = open.videos();
        }
        if (json) {
            Json.print(videos.stream().map(ListCommand::fields).toList());
            return 0;
        }
        for (StoredVideo video : videos) {
            System.out.printf(
                    "%8s  %3d %s  %s%n",
                    Libraries.time(video.durationMs()),
                    video.segments(),
                    video.segments() == 1 ? "clip " : "clips",
                    Libraries.oneLine(video.file().path()));
        }
        System.out.printf(
                "%d video%s in %s%n",
                videos.size(), videos.size() == 1 ? "" : "s", library.folder());
        return 0;
    }

    private static Map<String, Object> fields(StoredVideo video) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", video.file().path());
        fields.put("durationMs", video.durationMs());
        fields.put("clips", video.segments());
        fields.put("sizeBytes", video.file().sizeBytes());
        fields.put("sha256", video.file().sha256());
        return fields;
    }
}
