package javigate.model.clip;

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
