package javigate.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import javigate.data.ClipCache;
import javigate.data.Manifest;
import javigate.media.FrameTransform;
import javigate.media.RgbImage;

/**
 * Clips as pictures in the page: up to three frames side by side, {@value #SIDE} pixels high, a
 * JPEG of some 5 to 15 kB.
 */
final class FilmStrips {

    static final int FRAMES = 3;
    static final int SIDE = 96;

    private static final int GAP = 2;
    private static final float QUALITY = 0.8f;

    private final ClipCache cache;
    private final int imageSize;
    private final Map<Integer, String> made = new HashMap<>();

    /**
     * @param cache the clips, decoded
     * @param imageSize side of its pictures, pixels
     */
    FilmStrips(ClipCache cache, int imageSize) {
        this.cache = cache;
        this.imageSize = imageSize;
    }

    /** First, middle and last frame of a clip. */
    Tag of(int clip, Manifest.Item item) {
        int[] frames = frames(cache.frameCount(clip));
        return Tag.of(
                "img",
                "src",
                made.computeIfAbsent(clip, this::dataUri),
                "width",
                width(frames.length),
                "height",
                SIDE,
                "alt",
                "%d frames of %s".formatted(frames.length, item.videoId()));
    }

    /** {@value #FRAMES} of {@code count} frames, evenly spread; all where there are fewer. */
    static int[] frames(int count) {
        int[] frames = new int[Math.min(FRAMES, count)];
        Arrays.setAll(
                frames,
                i -> frames.length == 1 ? 0 : Math.round(i * (count - 1f) / (frames.length - 1)));
        return frames;
    }

    private static int width(int frames) {
        return frames * SIDE + (frames - 1) * GAP;
    }

    private String dataUri(int clip) {
        int[] frames = frames(cache.frameCount(clip));
        BufferedImage strip =
                new BufferedImage(width(frames.length), SIDE, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < frames.length; i++) {
            RgbImage picture =
                    FrameTransform.resizeAndCrop(
                            new RgbImage(imageSize, imageSize, cache.picture(clip, frames[i])),
                            SIDE);
            draw(picture, strip, i * (SIDE + GAP));
        }
        return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg(strip));
    }

    private static void draw(RgbImage picture, BufferedImage onto, int left) {
        byte[] rgb = picture.rgb();
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int at = 3 * (y * SIDE + x);
                onto.setRGB(
                        left + x,
                        y,
                        (rgb[at] & 0xFF) << 16 | (rgb[at + 1] & 0xFF) << 8 | (rgb[at + 2] & 0xFF));
            }
        }
    }

    private static byte[] jpeg(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality(QUALITY);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
