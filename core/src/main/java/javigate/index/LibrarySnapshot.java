package javigate.index;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * A library at one moment, whatever others change meanwhile: its videos by path (in the order of
 * its UTF-8 bytes), of each its clips by start. Holds one video's places in memory, no vectors. For
 * one thread.
 */
public final class LibrarySnapshot implements Closeable {

    /** Where a clip lies. */
    record Place(LeafReader leaf, int document, long startMs) {}

    private final Path folder;
    private final LibraryHeader header;
    private final LibraryReaders readers;
    private final DirectoryReader reader;
    private final @Nullable TermsEnum paths;
    private List<Place> places = List.of();
    private boolean closed;

    LibrarySnapshot(Path folder, LibraryHeader header, LibraryReaders readers) throws IOException {
        this.folder = folder;
        this.header = header;
        this.readers = readers;
        this.reader = readers.acquire();
        try {
            Terms terms = MultiTerms.getTerms(reader, ClipDocument.VIDEO);
            this.paths = terms == null ? null : terms.iterator();
        } catch (IOException | RuntimeException e) {
            readers.release(reader);
            throw e;
        }
    }

    /** Of the library. */
    public LibraryHeader header() {
        return header;
    }

    /** Clips of all videos. */
    public long clipCount() {
        return reader.numDocs();
    }

    /**
     * Moves to the next video, at first to the first.
     *
     * @return false after the last
     * @throws LibraryException when the library is damaged
     */
    public boolean nextVideo() throws IOException {
        try {
            for (BytesRef path = next(); path != null; path = next()) {
                List<Place> found = new ArrayList<>();
                ExactSearch.forEach(
                        reader,
                        new Term(ClipDocument.VIDEO, path),
                        (leaf, document) ->
                                found.add(
                                        new Place(
                                                leaf.reader(),
                                                document,
                                                ClipDocument.startMs(leaf.reader(), document))));
                if (!found.isEmpty()) { // else all its clips are deleted
                    found.sort(Comparator.comparingLong(Place::startMs));
                    places = List.copyOf(found);
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw LibraryException.of(folder, e);
        }
    }

    private @Nullable BytesRef next() throws IOException {
        return paths == null ? null : paths.next();
    }

    /** The video's file as it was when embedded. */
    public VideoFile file() throws IOException {
        try {
            return ClipDocument.file(places.getFirst().leaf(), places.getFirst().document());
        } catch (IOException e) {
            throw LibraryException.of(folder, e);
        }
    }

    /** Clips of the video. */
    public int segments() {
        return places.size();
    }

    /**
     * A clip of the video.
     *
     * @param segment from 0
     */
    public StoredClip clip(int segment) throws IOException {
        Place place = places.get(segment);
        try {
            return ClipDocument.read(place.leaf(), place.document(), header);
        } catch (IOException e) {
            throw LibraryException.of(folder, e);
        }
    }

    /**
     * Reads all clips of the video back and compares what a search relies on with their frames.
     *
     * @return what is wrong, one line each; empty where nothing is
     */
    public List<String> problems() {
        return RecordCheck.problems(reader, header, places);
    }

    /** Closing again does nothing. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            readers.release(reader);
        }
    }
}
