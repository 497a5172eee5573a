package javigate.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameTransformTest {

    @Test
    void equalsPillowByteForByte() throws IOException {
        Golden golden = Golden.load("frame_transform");
        double[] grid = golden.values("grid");
        float[] mean = floats(golden.json().get("config").get("mean"));
        float[] std = floats(golden.json().get("config").get("std"));
        for (JsonNode row : golden.json().get("images")) {
            String name = row.get("image").asText();
            int n = row.get("n_px").asInt();
            RgbImage out = FrameTransform.resizeAndCrop(image(golden, row), n);
            long[] sums = new long[3];
            for (int i = 0; i < out.rgb().length; i++) {
                sums[i % 3] += out.rgb()[i] & 0xff;
            }
            for (int c = 0; c < 3; c++) {
                assertEquals(row.get("uint8_channel_sum").get(c).asLong(), sums[c], name + n);
            }
            float[] pixels = FrameTransform.normalise(out, mean, std);
            if (n == 64) {
                assertFloats(golden.values("out." + name + ".64"), pixels);
                continue;
            }
            double[] bytes = golden.values("out." + name + ".224.grid_uint8");
            double[] floats = golden.values("out." + name + ".224.grid");
            for (int y = 0; y < grid.length; y++) {
                for (int x = 0; x < grid.length; x++) {
                    for (int c = 0; c < 3; c++) {
                        int at = ((int) grid[y]) * n + (int) grid[x];
                        int g = y * grid.length + x;
                        assertEquals((int) bytes[g * 3 + c], out.rgb()[at * 3 + c] & 0xff);
                        assertEquals(
                                floats[c * grid.length * grid.length + g],
                                pixels[c * n * n + at],
                                1e-5);
                    }
                }
            }
        }
    }

    @Test
    void everySizeOfTheTableFits() throws IOException {
        for (JsonNode row : Golden.load("frame_transform").json().get("size_table").get("rows")) {
            int width = row.get(0).asInt();
            int height = row.get(1).asInt();
            // A picture whose green tells the column and whose blue tells the row.
            byte[] rgb = new byte[width * height * 3];
            for (int i = 0; i < width * height; i++) {
                rgb[i * 3 + 1] = (byte) (i % width * 255 / width);
                rgb[i * 3 + 2] = (byte) (i / width * 255 / height);
            }
            RgbImage out = FrameTransform.resizeAndCrop(new RgbImage(width, height, rgb), 224);
            int middle = (112 * 224 + 112) * 3;
            double column = (row.get(4).asInt() + 112.5) / row.get(2).asInt();
            double line = (row.get(5).asInt() + 112.5) / row.get(3).asInt();
            assertEquals(
                    column * 255 - 127.5 / width, out.rgb()[middle + 1] & 0xff, 3, row.toString());
            assertEquals(
                    line * 255 - 127.5 / height, out.rgb()[middle + 2] & 0xff, 3, row.toString());
        }
    }

    @Test
    void aPictureOfTheRightSizeStays() {
        byte[] rgb = new byte[32 * 32 * 3];
        new Random(3).nextBytes(rgb);
        assertArrayEquals(rgb, FrameTransform.resizeAndCrop(new RgbImage(32, 32, rgb), 32).rgb());
    }

    private static RgbImage image(Golden golden, JsonNode row) {
        double[] values = golden.values("in." + row.get("image").asText() + ".rgb");
        byte[] rgb = new byte[values.length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) values[i];
        }
        return new RgbImage(row.get("width").asInt(), row.get("height").asInt(), rgb);
    }

    private static float[] floats(JsonNode array) {
        float[] out = new float[array.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) array.get(i).asDouble();
        }
        return out;
    }

    private static void assertFloats(double[] expected, float[] actual) {
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 1e-5);
        }
    }
}
