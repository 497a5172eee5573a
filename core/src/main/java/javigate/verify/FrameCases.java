package javigate.verify;

import static javigate.verify.ReferenceCase.integer;
import static javigate.verify.ReferenceCase.integers;
import static javigate.verify.ReferenceCase.number;
import static javigate.verify.ReferenceCase.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import javigate.media.ClipRequest;
import javigate.media.FrameSampling;
import javigate.media.FrameSampling.Slice;
import javigate.media.FrameTransform;
import javigate.media.FrameTransform.Placement;
import javigate.media.RgbImage;

/** Reference cases of the pictures: which are taken, and how they are resized and cropped. */
final class FrameCases {

    private static final Pattern WITHIN = Pattern.compile("within ([0-9.]+(?:e-?[0-9]+)?)");

    private FrameCases() {}

    /** Pillow's and torchvision's bytes and floats, and the arithmetic of sizes and offsets. */
    static void transform(ReferenceCase c, Path folder) {
        for (JsonNode row : rows(c.json(), "images")) {
            image(c, row);
        }
        JsonNode table = c.json().path("size_table");
        JsonNode columns = rows(table, "columns");
        for (JsonNode row : rows(table, "rows")) {
            int width = integer(row, 0, "w");
            int height = integer(row, 1, "h");
            for (int i = 2; i + 3 < columns.size(); i += 4) {
                String column = columns.get(i).asText();
                int size = Integer.parseInt(column.substring(column.indexOf('@') + 1));
                int[] expected = new int[4];
                for (int k = 0; k < expected.length; k++) {
                    expected[k] = integer(row, i + k, columns.get(i + k).asText());
                }
                c.exact(
                        "size_table %dx%d@%d".formatted(width, height, size),
                        numbers(FrameTransform.placement(width, height, size)),
                        expected);
            }
        }
    }

    private static void image(ReferenceCase c, JsonNode row) {
        String name = row.path("image").asText();
        int size = integer(row, "n_px");
        String out = "out." + name + "." + size;
        RgbImage source = source(c, row, name);
        int[] resized = integers(row, "resized");
        c.exact(
                out + " placement",
                numbers(FrameTransform.placement(source.width(), source.height(), size)),
                new int[] {
                    resized[0], resized[1], integer(row, "crop_left"), integer(row, "crop_top")
                });
        RgbImage picture = FrameTransform.resizeAndCrop(source, size);
        float[] pixels =
                FrameTransform.normalise(picture, threeFloats(c, "mean"), threeFloats(c, "std"));
        double greyLevels = c.tolerance("uint8").path("max_abs").asDouble();
        double atol = c.tolerance("float").path("atol").asDouble();
        if (c.tensors().has(out)) {
            c.compare(out, pixels, c.tensors().floats(out), atol, 0);
        }
        if (c.tensors().has(out + ".grid")) {
            long[] grid = c.tensors().longs("grid");
            c.compare(
                    out + ".grid",
                    onGrid(pixels, size, grid),
                    c.tensors().floats(out + ".grid"),
                    atol,
                    0);
            c.compare(
                    out + ".grid_uint8",
                    onGrid(picture.rgb(), size, grid),
                    c.tensors().floats(out + ".grid_uint8"),
                    greyLevels,
                    0);
        }
        channelMeans(c, row, out, picture, pixels);
    }

    /** Sums over the channels, compared as means over the pixels. */
    private static void channelMeans(
            ReferenceCase c, JsonNode row, String out, RgbImage picture, float[] pixels) {
        int count = picture.width() * picture.height();
        double[] bytes = new double[3];
        double[] sums = new double[3];
        double[] squares = new double[3];
        for (int i = 0; i < pixels.length; i++) {
            bytes[i % 3] += (picture.rgb()[i] & 0xff) / (double) count;
            sums[i / count] += pixels[i] / (double) count;
            squares[i / count] += (double) pixels[i] * pixels[i] / count;
        }
        double atol = meanTolerance(c.tolerance("channel_sum"));
        double greyLevels = c.tolerance("uint8").path("max_abs").asDouble();
        c.compare(
                out + " uint8_channel_sum",
                bytes,
                means(row, "uint8_channel_sum", count),
                greyLevels,
                0);
        c.compare(out + " channel_sum", sums, means(row, "channel_sum", count), atol, 0);
        c.compare(out + " channel_sumsq", squares, means(row, "channel_sumsq", count), atol, 0);
    }

    /** The case states this tolerance in words: "compare mean: sum/(n*n) within 1e-3". */
    private static double meanTolerance(JsonNode tolerance) {
        if (tolerance.path("atol").isNumber()) {
            return tolerance.path("atol").asDouble();
        }
        Matcher within = WITHIN.matcher(tolerance.path("note").asText());
        if (!within.find()) {
            throw new IllegalArgumentException("tolerance.channel_sum states no number");
        }
        return Double.parseDouble(within.group(1));
    }

    private static double[] means(JsonNode row, String name, int count) {
        JsonNode sums = rows(row, name);
        double[] means = new double[sums.size()];
        for (int i = 0; i < means.length; i++) {
            means[i] = sums.get(i).asDouble() / count;
        }
        return means;
    }

    private static RgbImage source(ReferenceCase c, JsonNode row, String name) {
        float[] values = c.tensors().floats("in." + name + ".rgb"); // [height, width, 3]
        byte[] rgb = new byte[values.length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (int) values[i];
        }
        return new RgbImage(integer(row, "width"), integer(row, "height"), rgb);
    }

    private static int[] numbers(Placement p) {
        return new int[] {p.resizedWidth(), p.resizedHeight(), p.left(), p.top()};
    }

    private static float[] threeFloats(ReferenceCase c, String name) {
        JsonNode array = rows(c.json().path("config"), name);
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) array.get(i).asDouble();
        }
        return values;
    }

    /** [3, size, size] at the grid's rows and columns: [3, G, G]. */
    private static float[] onGrid(float[] pixels, int size, long[] grid) {
        int g = grid.length;
        float[] out = new float[3 * g * g];
        for (int i = 0; i < out.length; i++) {
            int at = (int) grid[i / g % g] * size + (int) grid[i % g];
            out[i] = pixels[i / (g * g) * size * size + at];
        }
        return out;
    }

    /** [size, size, 3] at the grid's rows and columns: [G, G, 3]. */
    private static float[] onGrid(byte[] rgb, int size, long[] grid) {
        int g = grid.length;
        float[] out = new float[g * g * 3];
        for (int i = 0; i < out.length; i++) {
            int at = (int) grid[i / (3 * g)] * size + (int) grid[i / 3 % g];
            out[i] = rgb[at * 3 + i % 3] & 0xff;
        }
        return out;
    }

    /** Which pictures the official extractor takes, and numpy's linspace. */
    static void sampling(ReferenceCase c, Path folder) {
        for (JsonNode row : rows(c.json(), "table")) {
            sampled(c, row);
        }
        for (JsonNode row : rows(c.json(), "linspace_table")) {
            int n = integer(row, "n");
            int max = integer(row, "max_frames");
            c.exact(
                    "linspace %d of %d".formatted(max, n),
                    FrameSampling.linspace(n, max),
                    integers(row, "linspace"));
        }
        for (JsonNode row : c.json().path("opencv_check")) {
            int frames = integer(row, "frame_count");
            double rate = number(row, "fps");
            c.exact(
                    "opencv %d frames at %s/s".formatted(frames, rate),
                    FrameSampling.everySecond(frames, rate),
                    integers(row, "decoded_by_official_extractor"));
        }
    }

    private static void sampled(ReferenceCase c, JsonNode row) {
        int count = integer(row, "frame_count");
        double rate = number(row, "fps");
        int max = integer(row, "max_frames");
        String name = "%d frames at %s/s, at most %d".formatted(count, rate, max);
        if (row.has("error")) {
            c.exact(name + ": refused", takenOrNone(count, rate), 0);
            return;
        }
        int[] all = FrameSampling.everySecond(count, rate);
        c.exact(name + ": extracted", all.length, integer(row, "extracted_count"));
        c.exact(name + ": mask", Math.min(all.length, max), integer(row, "mask_ones"));
        Slice[] slices = Slice.values(); // in the order of the reference's numbers 0, 1, 2
        for (int s = 0; s < slices.length; s++) {
            int[] kept = FrameSampling.slice(all.length, max, slices[s]);
            c.exact(
                    name + ": slice " + s,
                    Arrays.stream(kept).map(i -> all[i]).toArray(),
                    integers(row, "frames_slice" + s));
        }
        // What the readers do, who know the times and not the count.
        long[] timesUs = LongStream.range(0, count).map(i -> Math.round(i * 1e6 / rate)).toArray();
        c.exact(
                name + ": chosen by time",
                FrameSampling.choose(timesUs, rate, new ClipRequest(0, Long.MAX_VALUE, 1, max)),
                integers(row, "frames_slice2"));
    }

    /** Pictures taken by the second; 0 where the rate is refused, as the reference stops there. */
    private static int takenOrNone(int count, double rate) {
        try {
            return FrameSampling.everySecond(count, rate).length;
        } catch (IllegalArgumentException _) {
            return 0;
        }
    }
}
