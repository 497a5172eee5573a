package javigate.media;

/**
 * A picture of 8-bit RGB samples, rows top to bottom, channels interleaved: {@code rgb[(y·width +
 * x)·3 + c]}.
 *
 * @param width pixels, at least 1
 * @param height pixels, at least 1
 * @param rgb {@code width·height·3} bytes, unsigned
 */
public record RgbImage(int width, int height, byte[] rgb) {
    public RgbImage {
        if (width < 1 || height < 1 || rgb.length != width * height * 3) {
            throw new IllegalArgumentException(
                    "picture of " + width + "x" + height + " with " + rgb.length + " bytes");
        }
    }
}
