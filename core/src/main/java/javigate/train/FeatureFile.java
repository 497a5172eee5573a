package javigate.train;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Function;

/**
 * What a frozen tower makes of the clips of a split, computed once: equal rows of 32-bit floats,
 * little endian, one per clip, in a mapped file. Written beside its name and renamed, so a file
 * that is there is whole.
 */
final class FeatureFile implements AutoCloseable {

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment mapped;
    private final int rowValues;

    private FeatureFile(Path file, int rowValues) throws IOException {
        this.rowValues = rowValues;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            this.mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    /**
     * Opens a file, computing it first where it is not there.
     *
     * @param folder made where it is missing
     * @param rows clips
     * @param rowValues values of each
     * @param chunks the clips in order, in the runs they are computed in
     * @param compute gives the values of a run, row by row
     * @throws IOException if it cannot be written or read; a part of a file is removed
     */
    static FeatureFile open(
            Path folder,
            String name,
            int rows,
            int rowValues,
            Iterable<int[]> chunks,
            Function<int[], float[]> compute)
            throws IOException {
        Path file = folder.resolve(name);
        long bytes = 4L * rows * rowValues;
        if (!Files.exists(file) || Files.size(file) != bytes) {
            Files.createDirectories(folder);
            removeLeftovers(folder);
            Path beside = Files.createTempFile(folder, "features", ".part");
            try {
                write(beside, chunks, compute);
                Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(beside);
            }
        }
        return new FeatureFile(file, rowValues);
    }

    /** What crashed runs left half-written; what is younger than a day may still be at work. */
    private static void removeLeftovers(Path folder) throws IOException {
        Instant old = Instant.now().minus(Duration.ofDays(1));
        try (var files = Files.newDirectoryStream(folder, "features*.part")) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static void write(Path file, Iterable<int[]> chunks, Function<int[], float[]> compute)
            throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int[] chunk : chunks) {
                float[] values = compute.apply(chunk);
                ByteBuffer buffer =
                        ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
                buffer.asFloatBuffer().put(values);
                while (buffer.hasRemaining()) {
                    int _ = channel.write(buffer);
                }
            }
            channel.force(true);
        } catch (IOException e) {
            throw new IOException(
                    file + ": features cannot be written: " + e.getMessage() + "; free some disk",
                    e);
        }
    }

    /** The rows of some clips, one after another. */
    float[] rows(int[] clips) {
        float[] values = new float[Math.multiplyExact(clips.length, rowValues)];
        for (int i = 0; i < clips.length; i++) {
            MemorySegment.copy(
                    mapped, FLOAT, 4L * rowValues * clips[i], values, i * rowValues, rowValues);
        }
        return values;
    }

    /** The same of clips {@code 0..count−1}. */
    float[] firstRows(int count) {
        int[] clips = new int[count];
        Arrays.setAll(clips, i -> i);
        return rows(clips);
    }

    @Override
    public void close() {
        arena.close();
    }
}
