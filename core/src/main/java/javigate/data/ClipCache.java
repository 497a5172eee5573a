package javigate.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import javigate.media.Clip;
import javigate.media.FrameTransform;
import javigate.media.VideoFrame;
import javigate.media.VideoReader;
import javigate.model.Preprocessing;
import javigate.tensor.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * The decoded clips of a manifest on disk: resized pictures (8 bits) and the filterbank of each.
 *
 * <p>A clip's name is the hash of what it was made of: the contents of its video and sound file,
 * the stretch, the preprocessing. So splits share clips, a changed file is decoded anew, and a run
 * that breaks off loses no clip that was finished. The folder is bounded: the clips unused for
 * longest go first, never those that an open cache of any process holds. Methods are safe for many
 * threads.
 */
public final class ClipCache implements AutoCloseable {

    /** Of the clips' form and of everything that computes them; the first bytes of each file. */
    private static final int VERSION = 0x4a_56_43_03;

    private static final int HEADER_BYTES = 8;

    private final ClipFolder folder;
    private final Path inUse;
    private final Layout layout;
    private final List<String> keys;
    private final int[] frameCounts;

    /**
     * A file is version, frame count, filterbank, pictures; little-endian. Of a damaged clip follow
     * its notes, a line each, and their length.
     */
    private record Layout(int maxFrames, int pictureBytes, int filterbankValues) {
        static Layout of(Preprocessing p) {
            return new Layout(
                    p.maxFrames(), 3 * p.imageSize() * p.imageSize(), p.timeFrames() * p.melBins());
        }

        long pictureAt(int frame) {
            return HEADER_BYTES + 4L * filterbankValues + (long) frame * pictureBytes;
        }
    }

    private ClipCache(
            ClipFolder folder, Path inUse, Layout layout, List<String> keys, int[] frameCounts) {
        this.folder = folder;
        this.inUse = inUse;
        this.layout = layout;
        this.keys = keys;
        this.frameCounts = frameCounts;
    }

    /**
     * Opens the cache of these clips, decoding those that are not there yet.
     *
     * @param folder where cached clips lie
     * @param readers one per decoding thread
     * @param limitBytes most that the folder's clips may take together
     * @param progress told the number of clips that are ready so far
     * @throws IOException if a video is missing or cannot be decoded, or if the clips exceed the
     *     limit; what was decoded before stays
     */
    public static ClipCache open(
            Path folder,
            List<Manifest.Item> items,
            Preprocessing preprocessing,
            List<? extends VideoReader> readers,
            long limitBytes,
            IntConsumer progress)
            throws IOException {
        Layout layout = Layout.of(preprocessing);
        ClipFolder clips = new ClipFolder(folder);
        List<String> keys = keys(folder, items, preprocessing, readers.size());
        Path inUse = clips.use(keys);
        boolean opened = false;
        try {
            decodeMissing(clips, keys, items, preprocessing, readers, limitBytes, progress);
            int[] frameCounts = new int[keys.size()];
            for (int i = 0; i < frameCounts.length; i++) {
                frameCounts[i] = frameCount(clips.file(keys.get(i)), layout);
            }
            opened = true;
            return new ClipCache(clips, inUse, layout, keys, frameCounts);
        } finally {
            if (!opened) {
                Files.deleteIfExists(inUse);
            }
        }
    }

    private static List<String> keys(
            Path folder, List<Manifest.Item> items, Preprocessing preprocessing, int threads)
            throws IOException {
        Set<Path> files = new LinkedHashSet<>();
        for (Manifest.Item item : items) {
            files.add(item.file());
            Path sound = sound(item);
            if (sound != null) {
                files.add(sound);
            }
        }
        Map<Path, String> hashes =
                new FileHashes(folder.resolve("hashes.csv")).of(List.copyOf(files), threads);
        List<String> keys = new ArrayList<>();
        for (Manifest.Item item : items) {
            Path sound = sound(item);
            String soundHash = sound == null ? "none" : String.valueOf(hashes.get(sound));
            keys.add(
                    Sha256.of(
                            "%d %s %s %d %d %s"
                                    .formatted(
                                            VERSION,
                                            preprocessing,
                                            hashes.get(item.file()),
                                            item.startMs(),
                                            item.endMs(),
                                            item.soundFile() == null ? "own" : soundHash)));
        }
        return List.copyOf(keys);
    }

    /** The sound file, if there is one. */
    private static @Nullable Path sound(Manifest.Item item) {
        Path file = item.soundFile();
        return file != null && Files.isRegularFile(file) ? file : null;
    }

    private static void decodeMissing(
            ClipFolder clips,
            List<String> keys,
            List<Manifest.Item> items,
            Preprocessing preprocessing,
            List<? extends VideoReader> readers,
            long limitBytes,
            IntConsumer progress)
            throws IOException {
        Layout layout = Layout.of(preprocessing);
        // In the manifest's order, so that it is the first bad clip that is told of.
        Map<String, Manifest.Item> missing = new LinkedHashMap<>();
        Set<String> there = new HashSet<>();
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            if (there.contains(key) || missing.containsKey(key)) {
                continue;
            }
            if (frameCount(clips.file(key), layout) > 0) {
                clips.touch(key);
                there.add(key);
            } else {
                missing.put(key, items.get(i));
            }
        }
        clips.makeRoom(missing.size() * layout.pictureAt(layout.maxFrames()), limitBytes);
        List<Map.Entry<String, Manifest.Item>> order = List.copyOf(missing.entrySet());
        AtomicInteger done = new AtomicInteger(there.size());
        progress.accept(done.get());
        Parallel.run(
                readers.size(),
                order.size(),
                (thread, i) -> {
                    Map.Entry<String, Manifest.Item> one = order.get(i);
                    String key = one.getKey();
                    // Processes that train together decode together.
                    if (frameCount(clips.file(key), layout) == 0) {
                        clips.write(
                                key,
                                decode(one.getValue(), preprocessing, layout, readers.get(thread)));
                    }
                    progress.accept(done.incrementAndGet());
                });
    }

    private static ByteBuffer decode(
            Manifest.Item item, Preprocessing preprocessing, Layout layout, VideoReader reader)
            throws IOException {
        Clip clip = item.read(reader, preprocessing.framesPerSecond(), preprocessing.maxFrames());
        int frames = clip.frames().size();
        byte[] notes = String.join("\n", clip.notes()).getBytes(StandardCharsets.UTF_8);
        int noteBytes = notes.length == 0 ? 0 : notes.length + Integer.BYTES;
        ByteBuffer buffer =
                ByteBuffer.allocate(Math.toIntExact(layout.pictureAt(frames) + noteBytes))
                        .order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(VERSION).putInt(frames);
        buffer.asFloatBuffer().put(preprocessing.filterbank(clip.audio()));
        buffer.position(Math.toIntExact(layout.pictureAt(0)));
        for (VideoFrame frame : clip.frames()) {
            buffer.put(
                    FrameTransform.resizeAndCrop(frame.image(), preprocessing.imageSize()).rgb());
        }
        if (notes.length > 0) {
            buffer.put(notes).putInt(notes.length);
        }
        return buffer.flip();
    }

    /** Pictures in a cached file; 0 if there is none or it is not whole. */
    private static int frameCount(Path file, Layout layout) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            fill(channel, header, 0);
            boolean ours = header.position() == HEADER_BYTES && header.getInt(0) == VERSION;
            int frames = ours ? header.getInt(4) : 0;
            boolean whole =
                    frames > 0
                            && frames <= layout.maxFrames()
                            && noteBytes(channel, layout.pictureAt(frames)) >= 0;
            return whole ? frames : 0;
        } catch (NoSuchFileException _) {
            return 0;
        }
    }

    /**
     * Bytes of the notes from {@code from} on, without their length; -1 if the file is not whole.
     */
    private static int noteBytes(FileChannel channel, long from) throws IOException {
        long rest = channel.size() - from;
        if (rest == 0) {
            return 0;
        }
        if (rest <= Integer.BYTES) {
            return -1;
        }
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        fill(channel, length, channel.size() - Integer.BYTES);
        return length.getInt(0) == rest - Integer.BYTES ? length.getInt(0) : -1;
    }

    private static void fill(FileChannel channel, ByteBuffer buffer, long from) throws IOException {
        long start = from - buffer.position();
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, start + buffer.position()) < 0) {
                return;
            }
        }
    }

    private ByteBuffer read(int i, long from, int bytes) {
        Path file = folder.file(keys.get(i));
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file)) {
            fill(channel, buffer, from);
            if (buffer.hasRemaining()) {
                throw new IOException(file + ": ends early; delete it, it is decoded anew");
            }
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException(
                    new IOException(
                            file + ": a cached clip was deleted while in use; start again", e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return buffer.flip();
    }

    /** Clips in the cache. */
    public int size() {
        return keys.size();
    }

    /**
     * Digest of what the clips were made of, in order: contents of files, stretches, preprocessing.
     */
    public String sha256() {
        return Sha256.of(String.join("\n", keys));
    }

    /** Pictures of clip {@code i}, at least 1. */
    public int frameCount(int i) {
        return frameCounts[i];
    }

    /**
     * What was wrong with the video of clip {@code i}, for example that frames were lost; empty
     * when all is well.
     */
    public List<String> notes(int i) {
        long from = layout.pictureAt(frameCounts[i]);
        try (FileChannel channel = FileChannel.open(folder.file(keys.get(i)))) {
            int bytes = noteBytes(channel, from);
            if (bytes <= 0) {
                return List.of();
            }
            return new String(read(i, from, bytes).array(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Picture {@code f} of clip {@code i}: S·S·3 bytes, rows top to bottom, RGB.
     *
     * @throws UncheckedIOException if the cache's files were deleted or damaged meanwhile
     */
    public byte[] picture(int i, int f) {
        return read(i, layout.pictureAt(f), layout.pictureBytes()).array();
    }

    /**
     * Filterbank of clip {@code i}, row-major T × Q, normalised.
     *
     * @throws UncheckedIOException as {@link #picture}
     */
    public float[] filterbank(int i) {
        float[] values = new float[layout.filterbankValues()];
        read(i, HEADER_BYTES, 4 * values.length).asFloatBuffer().get(values);
        return values;
    }

    /** Lets others remove the clips when they need the room. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(inUse);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
