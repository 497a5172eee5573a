package javigate.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.Term;

/** Reads clips back and says what cannot be true of them. */
final class RecordCheck {
    /** Of float arithmetic, on vectors of length 1. */
    private static final double ROUNDING = 1e-5;

    /** Rounding of the lengths of means, which are computed in double precision. */
    private static final double OF_DOUBLES = 1e-12;

    /** Rounding of the radii of frames around their mean, which are stored as floats. */
    private static final double OF_RADII = 0x1p-23;

    /** Rounding of a mean frame to floats: far less than {@link MeanBounds} allows for. */
    private static final double OF_MEANS = 1e-6;

    /** Halves are within 2^-11 of what they stand for. */
    private static final double HALF_ROUNDING = 0x1p-10;

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
                requireScanned(place, Sound.WITH, header, clip.vectors().frames());
                requireScanned(place, Sound.WITHOUT, header, clip.vectors().framesWithoutSound());
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

    /**
     * What a search computes from the frames beforehand is true of them: its exactness rests on
     * that.
     *
     * @param frames [F, D]; in full precision
     */
    private static void requireScanned(
            LibrarySnapshot.Place place, Sound sound, LibraryHeader header, float[][] frames)
            throws IOException {
        LeafReader leaf = place.leaf();
        FrameBlock block = new FrameBlock(header.model().width());
        LeafBlocks.scanned(leaf, sound).at(place.document(), block);
        if (block.format() != header.vectors()) {
            throw new IllegalArgumentException(
                    "vectors in %s, the library's are %s"
                            .formatted(block.format(), header.vectors()));
        }
        double meanNorm = LateInteractionScore.meanNorm(frames);
        if (!(Math.abs(block.meanNorm() - meanNorm) <= OF_DOUBLES)) {
            throw new IllegalArgumentException(
                    "the mean of its frames has length %s, not %s"
                            .formatted(meanNorm, block.meanNorm()));
        }
        requireNear("frame", block, frames, ROUNDING);
        if (!AcceptedClips.hasOld(leaf)) {
            LeafBlocks.pooled(leaf, sound).at(place.document(), block);
            // Earlier versions computed it before the frames were rounded to halves: where they
            // nearly cancel out, in any direction.
            double ofOlder = meanNorm > 2 * HALF_ROUNDING ? HALF_ROUNDING / meanNorm : 2;
            double error = block.hasSpread() ? OF_MEANS : ofOlder;
            float[][] mean = {LateInteractionScore.pooled(frames)};
            requireNear("mean frame", block, mean, error);
            if (block.hasSpread()) {
                requireSpread(block.spread(), FrameSpread.of(frames));
            }
        }
    }

    private static void requireSpread(FrameSpread stored, FrameSpread spread) {
        boolean older = stored.longTailRadius() == stored.radius();
        boolean same =
                stored.frames() == spread.frames()
                        && Math.abs(stored.meanNorm() - spread.meanNorm()) <= OF_DOUBLES
                        && near(stored.radius(), spread.radius())
                        && (older || near(stored.longTailRadius(), spread.longTailRadius()))
                        && near(stored.tailRadius(), spread.tailRadius());
        if (!same) {
            throw new IllegalArgumentException(
                    "its frames lie around their mean as %s, not %s".formatted(spread, stored));
        }
    }

    private static boolean near(float radius, float other) {
        return Math.abs(radius - other) <= OF_RADII;
    }

    /** Row times scale is the vector, but for the radius the block states. */
    private static void requireNear(
            String name, FrameBlock block, float[][] vectors, double rounding) {
        int elements = block.rowElements();
        float[] rows = new float[block.elements()];
        block.decode(0, rows.length, rows);
        if (block.frames() != vectors.length) {
            throw new IllegalArgumentException(
                    "%d vectors of a %s, not %d".formatted(block.frames(), name, vectors.length));
        }
        for (int n = 0; n < vectors.length; n++) {
            double squares = 0;
            for (int i = 0; i < elements; i++) {
                float value = i < vectors[n].length ? vectors[n][i] : 0;
                double off = (double) rows[n * elements + i] * block.scale(n) - value;
                squares += off * off;
            }
            double distance = Math.sqrt(squares);
            if (!(distance <= block.radius(n) + rounding)) {
                throw new IllegalArgumentException(
                        "%s %d is %s off, more than the %s it may be"
                                .formatted(name, n, distance, block.radius(n) + rounding));
            }
            float[] row = Arrays.copyOfRange(rows, n * elements, (n + 1) * elements);
            double length = Math.sqrt(LateInteractionScore.dot(row, row));
            double lengthError = Halves.lengthError(vectors[n].length);
            if (block.format() == VectorFormat.F16 && !(Math.abs(length - 1) <= lengthError)) {
                throw new IllegalArgumentException(
                        "%s %d is stored with length %s, more than %s off 1"
                                .formatted(name, n, length, lengthError));
            }
        }
    }
}
