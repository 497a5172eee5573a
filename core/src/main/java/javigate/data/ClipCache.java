package javigate.data;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import javigate.media.Clip;
import javigate.media.FrameTransform;
import javigate.media.RgbImage;
import javigate.media.VideoFrame;
import javigate.media.VideoInfo;
import javigate.media.VideoReader;
import javigate.model.Preprocessing;

/**
 * The decoded clips of a manifest in one mapped file of equal records: frame count, resized
 * pictures (8 bits), filterbank. Written beside its name and renamed; keyed by the videos' paths,
 * sizes and times and by the preprocessing.
 */
public final class ClipCache implements AutoCloseable {

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Of the records' form and of everything that computes them. */
    private static final int VERSION = 1;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment mapped;
    private final Layout layout;
    private final int size;

    private record Layout(int maxFrames, int pictureBytes, int filterbankValues) {
        static Layout of(Preprocessing p) {
            return new Layout(
                    p.maxFrames(), 3 * p.imageSize() * p.imageSize(), p.timeFrames() * p.melBins());
        }

        long recordBytes() {
            return 4L + (long) maxFrames * pictureBytes + 4L * filterbankValues;
        }
    }

    private ClipCache(Path file, Layout layout, int size) throws IOException {
        this.layout = layout;
        this.size = size;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            this.mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    /**
     * Opens the cache of these clips, decoding them first where it is not there yet.
     *
     * @param folder where caches lie
     * @param readers one per decoding thread
     * @param progress told the number of clips decoded so far
     * @throws IOException if a video is missing or cannot be decoded
     */
    public static ClipCache open(
            Path folder,
            List<Manifest.Item> items,
            Preprocessing preprocessing,
            List<? extends VideoReader> readers,
            IntConsumer progress)
            throws IOException {
        Files.createDirectories(folder);
        Layout layout = Layout.of(preprocessing);
        Path file = folder.resolve("clips-" + key(items, preprocessing) + ".bin");
        if (!Files.exists(file) || Files.size(file) != layout.recordBytes() * items.size()) {
            Path beside = file.resolveSibling(file.getFileName() + ".part");
            decodeAll(beside, items, preprocessing, layout, readers, progress);
            Files.move(
                    beside,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        return new ClipCache(file, layout, items.size());
    }

    private static String key(List<Manifest.Item> items, Preprocessing preprocessing)
            throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(("version " + VERSION + " ").getBytes(StandardCharsets.UTF_8));
            digest.update(preprocessing.toString().getBytes(StandardCharsets.UTF_8));
            for (Manifest.Item item : items) {
                String line =
                        "%s %d %d\n"
                                .formatted(
                                        item.file().toAbsolutePath(),
                                        Files.size(item.file()),
                                        Files.getLastModifiedTime(item.file()).toMillis());
                digest.update(line.getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private static void decodeAll(
            Path file,
            List<Manifest.Item> items,
            Preprocessing preprocessing,
            Layout layout,
            List<? extends VideoReader> readers,
            IntConsumer progress)
            throws IOException {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw");
                FileChannel channel = sized.getChannel();
                ExecutorService pool = Executors.newFixedThreadPool(readers.size())) {
            sized.setLength(layout.recordBytes() * items.size());
            List<? extends Future<?>> workers =
                    readers.stream()
                            .map(
                                    reader ->
                                            pool.submit(
                                                    () -> {
                                                        for (int i = next.getAndIncrement();
                                                                i < items.size();
                                                                i = next.getAndIncrement()) {
                                                            decode(
                                                                    channel,
                                                                    i,
                                                                    items.get(i).file(),
                                                                    preprocessing,
                                                                    layout,
                                                                    reader);
                                                            progress.accept(done.incrementAndGet());
                                                        }
                                                        return null;
                                                    }))
                            .toList();
            for (Future<?> worker : workers) {
                worker.get();
            }
            channel.force(true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(file + ": decoding was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException(file + ": decoding failed: " + e.getCause(), e);
        }
    }

    private static void decode(
            FileChannel channel,
            int index,
            Path video,
            Preprocessing preprocessing,
            Layout layout,
            VideoReader reader)
            throws IOException {
        VideoInfo info = reader.probe(video);
        Clip clip = reader.read(video, preprocessing.request(0, Math.max(1, info.durationMs())));
        ByteBuffer buffer =
                ByteBuffer.allocate(Math.toIntExact(layout.recordBytes()))
                        .order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(clip.frames().size());
        for (VideoFrame frame : clip.frames()) {
            RgbImage picture =
                    FrameTransform.resizeAndCrop(frame.image(), preprocessing.imageSize());
            buffer.put(picture.rgb());
        }
        buffer.position(4 + layout.maxFrames() * layout.pictureBytes());
        buffer.asFloatBuffer().put(preprocessing.filterbank(clip.audio()));
        buffer.rewind();
        long position = index * layout.recordBytes();
        while (buffer.hasRemaining()) {
            position += channel.write(buffer, position);
        }
    }

    /** Clips in the cache. */
    public int size() {
        return size;
    }

    /** Pictures of clip {@code i}, at least 1. */
    public int frameCount(int i) {
        return mapped.get(INT, i * layout.recordBytes());
    }

    /** Picture {@code f} of clip {@code i}: S·S·3 bytes, rows top to bottom, RGB. */
    public byte[] picture(int i, int f) {
        long offset = i * layout.recordBytes() + 4 + (long) f * layout.pictureBytes();
        return mapped.asSlice(offset, layout.pictureBytes()).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Filterbank of clip {@code i}, row-major T × Q, normalised. */
    public float[] filterbank(int i) {
        long offset =
                i * layout.recordBytes() + 4 + (long) layout.maxFrames() * layout.pictureBytes();
        return mapped.asSlice(offset, 4L * layout.filterbankValues()).toArray(FLOAT);
    }

    @Override
    public void close() {
        arena.close();
    }
}
