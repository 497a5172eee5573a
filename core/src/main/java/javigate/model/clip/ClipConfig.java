package javigate.model.clip;

import java.util.Arrays;
import javigate.tensor.Weights;

/**
 * The shape of a CLIP model.
 *
 * @param embedDim joint width D
 * @param imageSize side of the square picture, pixels; a multiple of {@code patchSize}
 * @param patchSize side of a patch, pixels
 * @param visionWidth width of the image tower
 * @param visionLayers its depth
 * @param visionHeads its attention heads; divides the width
 * @param contextLength rows of the text position table
 * @param vocabularySize token ids
 * @param textWidth width of the text tower
 * @param textLayers its depth
 * @param textHeads its attention heads; divides the width
 */
public record ClipConfig(
        int embedDim,
        int imageSize,
        int patchSize,
        int visionWidth,
        int visionLayers,
        int visionHeads,
        int contextLength,
        int vocabularySize,
        int textWidth,
        int textLayers,
        int textHeads) {

    /** Layer norm's ε in CLIP. */
    static final double EPSILON = 1e-5;

    /** ViT-B/32, as OpenAI published it. */
    public static final ClipConfig VIT_B_32 =
            new ClipConfig(512, 224, 32, 768, 12, 12, 77, 49408, 512, 12, 8);

    /** ViT-B/16. */
    public static final ClipConfig VIT_B_16 =
            new ClipConfig(512, 224, 16, 768, 12, 12, 77, 49408, 512, 12, 8);

    public ClipConfig {
        positive("embedDim", embedDim);
        positive("imageSize", imageSize);
        positive("patchSize", patchSize);
        positive("visionWidth", visionWidth);
        positive("visionLayers", visionLayers);
        positive("visionHeads", visionHeads);
        positive("contextLength", contextLength);
        positive("vocabularySize", vocabularySize);
        positive("textWidth", textWidth);
        positive("textLayers", textLayers);
        positive("textHeads", textHeads);
        divides("patchSize", patchSize, "imageSize", imageSize);
        divides("visionHeads", visionHeads, "visionWidth", visionWidth);
        divides("textHeads", textHeads, "textWidth", textWidth);
    }

    /**
     * The shape of a CLIP, from its weights, as OpenAI's own loader tells it.
     *
     * @param weights under OpenAI's names
     * @param headWidth width of an attention head: 64 in every published model
     * @throws IllegalArgumentException if a tensor is missing or no ViT's
     */
    public static ClipConfig fromShapes(Weights weights, int headWidth) {
        long[] kernel = weights.shape("visual.conv1.weight"); // [W, 3, patch, patch]
        long[] visionPositions = weights.shape("visual.positional_embedding"); // [P + 1, W]
        long[] positions = weights.shape("positional_embedding"); // [T, W]
        long[] vocabulary = weights.shape("token_embedding.weight"); // [V, W]
        long[] projection = weights.shape("text_projection"); // [W, D]
        if (kernel.length != 4
                || visionPositions.length != 2
                || positions.length != 2
                || vocabulary.length != 2
                || projection.length != 2) {
            throw new IllegalArgumentException(
                    "CLIP: a patch kernel of shape %s, positions %s and %s; not a vision transformer"
                            .formatted(
                                    Arrays.toString(kernel),
                                    Arrays.toString(visionPositions),
                                    Arrays.toString(positions)));
        }
        int side = (int) Math.round(Math.sqrt(visionPositions[0] - 1.0));
        int visionWidth = Math.toIntExact(kernel[0]);
        int textWidth = Math.toIntExact(positions[1]);
        return new ClipConfig(
                Math.toIntExact(projection[1]),
                Math.toIntExact(Math.multiplyExact(side, kernel[3])),
                Math.toIntExact(kernel[3]),
                visionWidth,
                weights.layers("visual.transformer.resblocks."),
                Math.max(1, visionWidth / headWidth),
                Math.toIntExact(positions[0]),
                Math.toIntExact(vocabulary[0]),
                textWidth,
                weights.layers("transformer.resblocks."),
                Math.max(1, textWidth / headWidth));
    }

    /** The same towers with other numbers of attention heads. */
    public ClipConfig withHeads(int vision, int text) {
        return new ClipConfig(
                embedDim,
                imageSize,
                patchSize,
                visionWidth,
                visionLayers,
                vision,
                contextLength,
                vocabularySize,
                textWidth,
                textLayers,
                text);
    }

    /** Patches of a picture. */
    public int patches() {
        int side = imageSize / patchSize;
        return side * side;
    }

    private static void positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "CLIP: %s is %d; it must be at least 1".formatted(name, value));
        }
    }

    private static void divides(String name, int value, String ofName, int of) {
        if (of % value != 0) {
            throw new IllegalArgumentException(
                    "CLIP: %s is %d; it must divide %s (%d)".formatted(name, value, ofName, of));
        }
    }
}
