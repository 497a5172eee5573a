package javigate.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javigate.model.avigate.AvigateConfig;
import javigate.model.avigate.AvigateNetwork;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

/** Parameters at full size, counted on shapes: every tensor is one value, expanded. */
class ModelPartsTest {

    private static final Pattern MISSING = Pattern.compile("weight (\\S+) \\[(.*)] is missing");

    /** The official code's counts; its AST carries 1,538,000 more, heads that are not used. */
    @Test
    void thePresetsHaveTheOfficialCodesCounts() {
        Map<String, Long> parts = new LinkedHashMap<>();
        parts.put("CLIP visual", 87_849_216L);
        parts.put("CLIP text, embeddings, projection, logit scale", 63_428_097L);
        parts.put("AST", 86_187_264L);
        parts.put("audio projection", 393_216L);
        parts.put("resampler", 16_816_128L);
        parts.put("fusion", 27_308_032L);
        parts.put("of which gates", 2_099_200L);
        parts.put("query tokens", 6_144L);
        parts.put("query positions", 6_144L);
        parts.put("frame positions", 39_424L);
        check(ModelPreset.AVIGATE_B32, parts, 283_571_665L - 1_538_000L);
        parts.put("CLIP visual", 87_849_216L - 1_656_576L);
        check(ModelPreset.AVIGATE_B16, parts, 281_915_089L - 1_538_000L);
    }

    private static void check(ModelPreset preset, Map<String, Long> parts, long total) {
        try (var _ = new PointerScope()) {
            ModelParts counted = ModelParts.of(shapes(preset));
            Map<String, Long> found = new LinkedHashMap<>();
            counted.parts().forEach(part -> found.put(part.name(), part.parameters()));
            assertEquals(parts, found);
            assertEquals(total, counted.total());
            assertEquals(168_111_617L, counted.trained());
        }
    }

    /** Weights of the shapes that the network asks for, found out one after the other. */
    private static Weights shapes(ModelPreset preset) {
        AvigateConfig config = (AvigateConfig) preset.config(AvigateConfig.Variant.STANDARD);
        Weights weights = new Weights();
        while (true) {
            try {
                var _ = new AvigateNetwork(Parameters.of(weights), config);
                return weights;
            } catch (IllegalArgumentException e) {
                Matcher missing = MISSING.matcher(String.valueOf(e.getMessage()));
                assertTrue(missing.matches(), e.getMessage());
                String sizes = missing.group(2);
                long[] shape =
                        sizes.isEmpty()
                                ? new long[0]
                                : Arrays.stream(sizes.split(", ", -1))
                                        .mapToLong(Long::parseLong)
                                        .toArray();
                weights.put(missing.group(1), Ops.scalar(0).expand(shape));
            }
        }
    }
}
