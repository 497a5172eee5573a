package javigate.model.avigate;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;
import javigate.model.ModelConfig;
import javigate.model.Score;
import javigate.model.ast.AstConfig;
import javigate.model.clip.ClipConfig;

/**
 * Everything that makes one AVIGATE differ from another (MODELS, table of presets).
 *
 * @param clip the image and text towers
 * @param ast the audio tower
 * @param queries M, learned query tokens of the resampler
 * @param resamplerLayers depth of the audio resampler, at most the depth of CLIP's text tower
 * @param fusionLayers L, depth of the gated fusion transformer
 * @param heads attention heads of resampler and fusion; divides D
 * @param maxFrames frames per clip at most
 * @param maxWords token columns of a caption, at most CLIP's context length
 * @param framePositions whether learned positions are added to the frames
 * @param blend w: the clip embedding is w · fusion output + (1 − w) · frames, 0 to 1
 * @param alpha α of the log-sum-exp on cosines (Eq. 8), above 0; 0 means λ·exp(logit scale)
 * @param lambda λ of that product, above 0
 * @param marginOfPlainFrames whether the margin's visual side is the frames without positions (the
 *     paper) or with them (the code)
 * @param mergeAudioHeads whether class and distillation token are merged before the final norm (the
 *     code), or kept apart (the paper)
 * @param maskFrames whether padded frames are masked as keys and in the gate's mean
 * @param marginLambda λ of Eq. 5
 * @param marginMax δ of Eq. 5
 * @param ablation what of it is taken out or replaced, as in the paper's tables 4 and 5
 */
public record AvigateConfig(
        ClipConfig clip,
        AstConfig ast,
        int queries,
        int resamplerLayers,
        int fusionLayers,
        int heads,
        int maxFrames,
        int maxWords,
        boolean framePositions,
        double blend,
        double alpha,
        double lambda,
        boolean marginOfPlainFrames,
        boolean mergeAudioHeads,
        boolean maskFrames,
        double marginLambda,
        double marginMax,
        Ablation ablation)
        implements ModelConfig {

    /** How the gates of Eq. 4 are set. */
    public enum Gate {
        /** tanh of the gate's network, as AVIGATE has it. */
        @JsonProperty("soft")
        SOFT,
        /**
         * 1 where that is above 0, else 0; its gradient is that of the tanh (straight through,
         * Bengio et al., 2013).
         */
        @JsonProperty("hard")
        HARD,
        /** Always 1: audio without gate. */
        @JsonProperty("open")
        OPEN,
        /** Always 0: no audio. */
        @JsonProperty("closed")
        CLOSED
    }

    /** The margin of Eq. 6. */
    public enum Margin {
        /** Eq. 5. */
        @JsonProperty("adaptive")
        ADAPTIVE,
        /** δ for every negative. */
        @JsonProperty("fixed")
        FIXED,
        @JsonProperty("none")
        NONE
    }

    /**
     * What the paper's ablations change.
     *
     * @param localWeight share of the local score (Eq. 8) in the score: one half as in Eq. 9, 0 for
     *     the global score only, 1 for the local score only
     */
    public record Ablation(Gate gate, Margin margin, double localWeight) {

        /** AVIGATE itself. */
        public static final Ablation NOTHING = new Ablation(Gate.SOFT, Margin.ADAPTIVE, Score.EVEN);

        public Ablation {
            if (!(localWeight >= 0 && localWeight <= 1)) {
                throw new IllegalArgumentException(
                        "ablation: localWeight %s; it must be 0 to 1".formatted(localWeight));
            }
        }
    }

    public AvigateConfig {
        if (queries < 1
                || resamplerLayers < 1
                || fusionLayers < 1
                || maxFrames < 1
                || maxFrames > clip.contextLength()
                || maxWords < 3
                || maxWords > clip.contextLength()) {
            throw new IllegalArgumentException(
                    ("AVIGATE: queries %d, resampler layers %d, fusion layers %d (each at least 1),"
                                    + " frames %d (1 to %d), words %d (3 to %d)")
                            .formatted(
                                    queries,
                                    resamplerLayers,
                                    fusionLayers,
                                    maxFrames,
                                    clip.contextLength(),
                                    maxWords,
                                    clip.contextLength()));
        }
        if (heads < 1 || clip.embedDim() % heads != 0 || clip.embedDim() % 2 != 0) {
            throw new IllegalArgumentException(
                    "AVIGATE: %d heads; they must divide the joint width %d, which must be even"
                            .formatted(heads, clip.embedDim()));
        }
        if (!(blend >= 0 && blend <= 1) || !(alpha >= 0) || !(lambda > 0)) {
            throw new IllegalArgumentException(
                    "AVIGATE: blend %s (0 to 1), alpha %s (0 or more), lambda %s (above 0)"
                            .formatted(blend, alpha, lambda));
        }
        ablation = Objects.requireNonNullElse(ablation, Ablation.NOTHING);
        if (!(marginLambda >= 0) || !(marginMax >= 0)) {
            throw new IllegalArgumentException(
                    "AVIGATE: margin lambda %s and maximum %s must not be negative"
                            .formatted(marginLambda, marginMax));
        }
    }

    @Override
    public boolean masksFrames() {
        return maskFrames;
    }

    /** Which computation: see {@code docs/PAPER.md}. */
    public enum Variant {
        /** The official code's, its faults mended. */
        STANDARD,
        /** The official code's, quirks included. */
        REFERENCE,
        /** The paper's. */
        PAPER
    }

    /**
     * A model of given sizes.
     *
     * @param headWidth width of an attention head of resampler and fusion
     */
    public static AvigateConfig of(
            Variant variant,
            ClipConfig clip,
            AstConfig ast,
            int queries,
            int resamplerLayers,
            int fusionLayers,
            int headWidth) {
        AvigateConfig preset =
                switch (variant) {
                    case STANDARD -> standard(clip, ast);
                    case REFERENCE -> reference(clip, ast);
                    case PAPER -> paper(clip, ast);
                };
        return new AvigateConfig(
                clip,
                ast,
                queries,
                resamplerLayers,
                fusionLayers,
                Math.max(1, clip.embedDim() / headWidth),
                preset.maxFrames,
                preset.maxWords,
                preset.framePositions,
                preset.blend,
                preset.alpha,
                preset.lambda,
                preset.marginOfPlainFrames,
                preset.mergeAudioHeads,
                preset.maskFrames,
                preset.marginLambda,
                preset.marginMax,
                Ablation.NOTHING);
    }

    /**
     * AVIGATE over the towers of another model; one that listens.
     *
     * @throws IllegalArgumentException if that one has no audio tower
     */
    public static AvigateConfig over(ModelConfig towers) {
        return towers instanceof AvigateConfig own
                ? own
                : standard(towers.clip(), towers.requireAst());
    }

    /** As the official code computes, quirks included; loads its checkpoints. */
    public static AvigateConfig reference(ClipConfig clip, AstConfig ast) {
        return new AvigateConfig(
                clip,
                ast,
                12,
                4,
                4,
                Math.max(1, clip.embedDim() / 64),
                Math.min(12, clip.contextLength()),
                Math.min(32, clip.contextLength()),
                true,
                0.05,
                0,
                1.0,
                false,
                true,
                false,
                0.2,
                0.1,
                Ablation.NOTHING);
    }

    /** The reference with its mends: padded frames are masked. */
    public static AvigateConfig standard(ClipConfig clip, AstConfig ast) {
        return reference(clip, ast).withMaskedFrames();
    }

    /** As the paper writes: no positions, no blend, α = 50, all audio tokens. */
    public static AvigateConfig paper(ClipConfig clip, AstConfig ast) {
        AvigateConfig r = reference(clip, ast);
        return new AvigateConfig(
                clip,
                ast,
                r.queries,
                r.resamplerLayers,
                r.fusionLayers,
                r.heads,
                r.maxFrames,
                r.maxWords,
                false,
                1.0,
                50,
                r.lambda,
                true,
                false,
                true,
                r.marginLambda,
                r.marginMax,
                r.ablation);
    }

    private AvigateConfig withMaskedFrames() {
        return new AvigateConfig(
                clip,
                ast,
                queries,
                resamplerLayers,
                fusionLayers,
                heads,
                maxFrames,
                maxWords,
                framePositions,
                blend,
                alpha,
                lambda,
                marginOfPlainFrames,
                mergeAudioHeads,
                true,
                marginLambda,
                marginMax,
                ablation);
    }
}
