package javigate.server;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import javigate.index.StoredClip;
import javigate.media.ClipRequest;
import javigate.media.MediaException;
import javigate.media.RgbImage;
import javigate.media.VideoReader;
import javigate.media.WorkerVideoReader;

/**
 * Small JPEGs of the frames a clip was embedded from. Files are decoded in other processes, since
 * nothing is known about them; the last {@value #CACHED} pictures are kept. Safe for use by several
 * threads.
 */
final class Thumbnails implements AutoCloseable {

    /** Widest picture, pixels. */
    static final int MAX_WIDTH = 320;

    /** About 4 MB of JPEG. */
    private static final int CACHED = 256;

    private static final WorkerVideoReader.Options DECODING =
            new WorkerVideoReader.Options(2, Duration.ofSeconds(20), 1024);

    /** One frame of one content. */
    private record Key(String sha256, long timeMs) {}

    private final VideoReader reader = new WorkerVideoReader(DECODING);

    private final Map<Key, byte[]> cache =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, byte[]> eldest) {
                    return size() > CACHED;
                }
            };

    /**
     * The picture of the clip's frame nearest to a time.
     *
     * @return a JPEG at most {@value #MAX_WIDTH} pixels wide
     * @throws MediaException if the file cannot be decoded there
     */
    byte[] at(StoredClip clip, long timeMs) throws IOException {
        long frameMs = nearest(clip.frameTimesMs(), timeMs);
        Key key = new Key(clip.file().sha256(), frameMs);
        synchronized (cache) {
            byte[] known = cache.get(key);
            if (known != null) {
                return known;
            }
        }
        ClipRequest one = new ClipRequest(frameMs, frameMs + 1, 1, 1);
        RgbImage image = reader.read(Path.of(clip.file().path()), one).frames().getFirst().image();
        byte[] jpeg = jpeg(scaled(image));
        synchronized (cache) {
            cache.put(key, jpeg);
        }
        return jpeg;
    }

    /** The time closest to the wanted one; of two the earlier. */
    static long nearest(long[] timesMs, long wantedMs) {
        long best = timesMs[0];
        for (long timeMs : timesMs) {
            // Unsigned, for a difference may exceed the largest long.
            if (Long.compareUnsigned(distance(timeMs, wantedMs), distance(best, wantedMs)) < 0) {
                best = timeMs;
            }
        }
        return best;
    }

    private static long distance(long a, long b) {
        return a > b ? a - b : b - a;
    }

    /** Each pixel the mean of those it covers; pictures that are small enough stay as they are. */
    static BufferedImage scaled(RgbImage image) {
        int width = Math.min(MAX_WIDTH, image.width());
        int height = Math.max(1, (int) ((long) image.height() * width / image.width()));
        BufferedImage result = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            int top = (int) ((long) y * image.height() / height);
            int bottom = Math.max(top + 1, (int) ((y + 1L) * image.height() / height));
            for (int x = 0; x < width; x++) {
                int left = (int) ((long) x * image.width() / width);
                int right = Math.max(left + 1, (int) ((x + 1L) * image.width() / width));
                result.setRGB(x, y, mean(image, left, right, top, bottom));
            }
        }
        return result;
    }

    private static int mean(RgbImage image, int left, int right, int top, int bottom) {
        long red = 0;
        long green = 0;
        long blue = 0;
        byte[] rgb = image.rgb();
        for (int y = top; y < bottom; y++) {
            int at = (y * image.width() + left) * 3;
            for (int x = left; x < right; x++, at += 3) {
                red += rgb[at] & 0xff;
                green += rgb[at + 1] & 0xff;
                blue += rgb[at + 2] & 0xff;
            }
        }
        long count = (long) (right - left) * (bottom - top);
        return (int) (((red / count) << 16) | ((green / count) << 8) | (blue / count));
    }

    private static byte[] jpeg(BufferedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // In memory: ImageIO's own choice would be a temporary file.
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(image, "jpg", out)) {
                throw new IOException("this Java has no JPEG encoder; use a complete JDK");
            }
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        reader.close();
    }
}
