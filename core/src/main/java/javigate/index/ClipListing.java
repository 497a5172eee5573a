package javigate.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.FieldExistsQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.util.Bits;

/** What one state of the index holds, found by name and not by score. */
final class ClipListing {
    private ClipListing() {}

    /** All videos, by path. */
    static List<StoredVideo> videos(DirectoryReader reader) throws IOException {
        Map<String, StoredVideo> byPath = new TreeMap<>();
        for (LeafReaderContext context : reader.leaves()) {
            LeafReader leaf = context.reader();
            Bits live = leaf.getLiveDocs();
            for (int i = 0; i < leaf.maxDoc(); i++) {
                if (ExactSearch.isLive(live, i)) {
                    addTo(byPath, leaf, i);
                }
            }
        }
        return List.copyOf(byPath.values());
    }

    /** The video of a path. */
    static Optional<StoredVideo> find(DirectoryReader reader, String path) throws IOException {
        Map<String, StoredVideo> byPath = new TreeMap<>();
        ExactSearch.forEach(
                reader,
                new Term(ClipDocument.VIDEO, path),
                (leaf, document) -> addTo(byPath, leaf.reader(), document));
        return byPath.values().stream().findFirst();
    }

    private static void addTo(Map<String, StoredVideo> byPath, LeafReader leaf, int document)
            throws IOException {
        VideoFile file = ClipDocument.file(leaf, document);
        long durationMs = ClipDocument.durationMs(leaf, document);
        String source = ClipDocument.source(leaf, document);
        byPath.merge(
                file.path(),
                new StoredVideo(file, 1, durationMs, source),
                (a, b) ->
                        new StoredVideo(
                                a.file(),
                                a.segments() + b.segments(),
                                a.durationMs() + b.durationMs(),
                                a.descriptionSource()));
    }

    /**
     * Videos with a clip in an older format, by path.
     *
     * @param width of vectors
     */
    static List<String> oldVideos(DirectoryReader reader, int width) throws IOException {
        Set<String> old = new TreeSet<>();
        for (LeafReaderContext context : reader.leaves()) {
            LeafReader leaf = context.reader();
            LeafBlocks means = LeafBlocks.pooled(leaf, Sound.WITH);
            FrameBlock mean = new FrameBlock(width);
            Bits live = leaf.getLiveDocs();
            for (int i = 0; i < leaf.maxDoc(); i++) {
                if (ExactSearch.isLive(live, i) && !means.atMean(i, mean)) {
                    old.add(ClipDocument.file(leaf, i).path());
                }
            }
        }
        return List.copyOf(old);
    }

    /** The clips whose {@code field} is {@code value}, by their start. */
    static List<StoredClip> clips(
            DirectoryReader reader, LibraryHeader header, String field, String value)
            throws IOException {
        List<StoredClip> clips = new ArrayList<>();
        ExactSearch.forEach(
                reader,
                new Term(field, value),
                (leaf, document) -> clips.add(ClipDocument.read(leaf.reader(), document, header)));
        clips.sort(Comparator.comparingLong(StoredClip::startMs));
        return clips;
    }

    /** The path of each clip's video, by the clip's id; without those that are not there. */
    static Map<String, String> paths(DirectoryReader reader, Collection<String> ids)
            throws IOException {
        Map<String, String> paths = new HashMap<>();
        for (String id : ids) {
            ExactSearch.forEach(
                    reader,
                    new Term(ClipDocument.ID, id),
                    (leaf, document) ->
                            paths.put(id, ClipDocument.file(leaf.reader(), document).path()));
        }
        return paths;
    }

    /** Whether any clip has captions, subtitles or notes. */
    static boolean hasWords(DirectoryReader reader) throws IOException {
        TopDocs any = new IndexSearcher(reader).search(new FieldExistsQuery(ClipDocument.WORDS), 1);
        return any.scoreDocs.length > 0;
    }
}
