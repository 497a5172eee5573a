package javigate.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.Term;

/** Reads clips back and says what cannot be true of them. */
final class RecordCheck {
    /** Halves are within 2^-11 of what they stand for, so is the length of their vector. */
    private static final double LENGTH_TOLERANCE = 1e-3;

    private RecordCheck() {}

    /** See {@link LibrarySnapshot#problems}. */
    static List<String> problems(
            DirectoryReader reader, LibraryHeader header, List<LibrarySnapshot.Place> video) {
        List<String> problems = new ArrayList<>();
        VideoFile file = null;
        for (LibrarySnapshot.Place place : video) {
            try {
                StoredClip clip = ClipDocument.read(place.leaf(), place.document(), header);
                file = file == null ? clip.file() : file;
                requireOneFile(file, clip);
                requireTimes(clip);
                requireId(reader, place, clip);
                requireUnit(place, Sound.WITH, header);
                requireUnit(place, Sound.WITHOUT, header);
            } catch (IOException | RuntimeException e) { // damaged bytes may mean anything
                problems.add(
                        "clip at %d ms: %s"
                                .formatted(
                                        place.startMs(),
                                        String.valueOf(e.getMessage())
                                                .replaceAll("\\s*\\R\\s*", " ")));
            }
        }
        return problems;
    }

    private static void requireOneFile(VideoFile file, StoredClip clip) {
        if (!clip.file().equals(file)) {
            throw new IllegalArgumentException(
                    "it is of another file (%s) than those before (%s)"
                            .formatted(clip.file(), file));
        }
    }

    /** A frame is shown in its segment; where none starts there, the one before is all there is. */
    private static void requireTimes(StoredClip clip) {
        long[] timesMs = clip.frameTimesMs();
        if (timesMs[timesMs.length - 1] >= clip.endMs()
                || (timesMs[0] < clip.startMs() && timesMs.length > 1)) {
            throw new IllegalArgumentException(
                    "frames from %d to %d ms in a segment from %d to %d ms"
                            .formatted(
                                    timesMs[0],
                                    timesMs[timesMs.length - 1],
                                    clip.startMs(),
                                    clip.endMs()));
        }
    }

    private static void requireId(
            DirectoryReader reader, LibrarySnapshot.Place place, StoredClip clip)
            throws IOException {
        String stored = ClipDocument.id(place.leaf(), place.document());
        if (!stored.equals(clip.id())) {
            throw new IllegalArgumentException("its id is %s, not %s".formatted(stored, clip.id()));
        }
        AtomicInteger found = new AtomicInteger();
        ExactSearch.forEach(
                reader,
                new Term(ClipDocument.ID, stored),
                (leaf, document) -> found.incrementAndGet());
        if (found.get() != 1) {
            throw new IllegalArgumentException(
                    "%d clips have its id %s".formatted(found.get(), stored));
        }
    }

    /** The frames a scan reads are of length 1 and in the library's format. */
    private static void requireUnit(LibrarySnapshot.Place place, Sound sound, LibraryHeader header)
            throws IOException {
        LeafReader leaf = place.leaf();
        FrameBlock block = new FrameBlock(header.model().width());
        LeafBlocks.scanned(leaf, sound).at(place.document(), block);
        if (block.format() != header.vectors()) {
            throw new IllegalArgumentException(
                    "vectors in %s, the library's are %s"
                            .formatted(block.format(), header.vectors()));
        }
        int elements = block.rowElements();
        float[] rows = new float[block.frames() * elements];
        block.decode(rows);
        for (int n = 0; n < block.frames(); n++) {
            double squares = 0;
            for (int i = n * elements; i < (n + 1) * elements; i++) {
                squares += (double) rows[i] * rows[i];
            }
            double length = Math.sqrt(squares) * block.scale(n);
            // A row of bytes is off by its radius at most.
            if (!(Math.abs(length - 1) <= LENGTH_TOLERANCE + block.radius(n))) {
                throw new IllegalArgumentException(
                        "frame %d has length %s, not 1".formatted(n, length));
            }
        }
    }
}
