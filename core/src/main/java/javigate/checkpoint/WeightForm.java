package javigate.checkpoint;

import java.util.Locale;
import java.util.Set;
import javigate.tensor.Weights;

/**
 * Where weights come from, each with its table of names. On the models' side CLIP has OpenAI's
 * names, AST its authors' below {@code v.}, AVIGATE, CLIP4Clip and X-Pool their training scripts'.
 */
public enum WeightForm {
    OPENAI_CLIP("OpenAI CLIP", Tables.CLIP.plus(Tables.CLIP_SCALARS)),
    HUGGING_FACE_CLIP("HuggingFace CLIP", Tables.HUGGING_FACE_CLIP),
    ORIGINAL_AST("AST of its authors", Tables.AST.below("v.", "").plus(Tables.AST_HEADS)),
    HUGGING_FACE_AST("HuggingFace AST", Tables.HUGGING_FACE_AST),
    HUGGING_FACE_AST_BASE(
            "HuggingFace AST without its classifier",
            Tables.HUGGING_FACE_AST.withoutLeft("audio_spectrogram_transformer.")),
    AVIGATE("AVIGATE", Tables.AVIGATE),
    CLIP4CLIP_MEAN_POOL("CLIP4Clip (meanP)", Tables.CLIP.below("clip.", "clip.")),
    CLIP4CLIP_TRANSFORMER(
            "CLIP4Clip (seqTransf)",
            Tables.CLIP.below("clip.", "clip.").plus(Tables.SEQUENCE_TRANSFORMER)),
    XPOOL("X-Pool", Tables.CLIP.below("clip.", "clip.").plus(Tables.XPOOL)),
    XPOOL_OVER_HUGGING_FACE(
            "X-Pool over a HuggingFace CLIP",
            Tables.HUGGING_FACE_CLIP.below("clip.", "clip.").plus(Tables.XPOOL));

    private static final String PARALLEL = "module.";

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list of records
    private final NameTable table;

    WeightForm(String label, NameTable table) {
        this.label = label;
        this.table = table;
    }

    /** For people. */
    public String label() {
        return label;
    }

    /** As an argument on the command line: {@code hugging-face-clip}. */
    public String argument() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Tells a form by its tell-tale names.
     *
     * @throws IllegalArgumentException if they are none of the known ones'
     */
    public static WeightForm of(Weights weights) {
        Set<String> names = withoutParallel(weights).names();
        if (names.contains("query_tokens")) {
            return AVIGATE;
        }
        if (names.contains("pool_frames.cross_attn.q_proj.weight")) {
            return names.contains("clip.visual.conv1.weight") ? XPOOL : XPOOL_OVER_HUGGING_FACE;
        }
        if (names.contains("clip.visual.conv1.weight")) {
            return names.contains("frame_position_embeddings.weight")
                    ? CLIP4CLIP_TRANSFORMER
                    : CLIP4CLIP_MEAN_POOL;
        }
        if (names.contains("visual.conv1.weight")) {
            return OPENAI_CLIP;
        }
        if (names.contains("text_model.embeddings.token_embedding.weight")) {
            return HUGGING_FACE_CLIP;
        }
        if (names.contains("v.dist_token")) {
            return ORIGINAL_AST;
        }
        if (names.contains("audio_spectrogram_transformer.embeddings.distillation_token")) {
            return HUGGING_FACE_AST;
        }
        if (names.contains("embeddings.distillation_token")) {
            return HUGGING_FACE_AST_BASE;
        }
        throw new IllegalArgumentException(
                ("weights of no known form (CLIP, AST, AVIGATE, CLIP4Clip, X-Pool); its names begin"
                                + " with %s")
                        .formatted(
                                NameTable.listed(
                                        names.stream()
                                                .limit(4)
                                                .collect(
                                                        java.util.stream.Collectors.toCollection(
                                                                java.util.TreeSet::new)))));
    }

    /**
     * The source's tensors under the model's names; a prefix {@code module.} before all of them (of
     * data-parallel training) is taken off.
     *
     * @throws IllegalArgumentException listing names that are unknown or missing
     */
    public Weights toModel(Weights source) {
        return table.toModel(label, withoutParallel(source));
    }

    /**
     * A model's tensors under this form's names.
     *
     * @throws IllegalArgumentException listing names that are unknown or missing
     */
    public Weights fromModel(Weights model) {
        return table.fromModel(label, model);
    }

    private static Weights withoutParallel(Weights weights) {
        return weights.names().stream().allMatch(name -> name.startsWith(PARALLEL))
                ? weights.below(PARALLEL)
                : weights;
    }

    /** The tables, as data. */
    private static final class Tables {

        static final NameTable CLIP =
                NameTable.parse(
                                """
                        logit_scale
                        positional_embedding
                        text_projection
                        token_embedding.weight
                        ln_final.weight
                        ln_final.bias
                        visual.class_embedding
                        visual.positional_embedding
                        visual.proj
                        visual.conv1.weight
                        visual.ln_pre.weight
                        visual.ln_pre.bias
                        visual.ln_post.weight
                        visual.ln_post.bias
                        """)
                        .plus(block("visual.transformer.resblocks.#."))
                        .plus(block("transformer.resblocks.#."));

        /** Sizes that OpenAI's TorchScript archives carry along. */
        static final NameTable CLIP_SCALARS =
                NameTable.parse(
                        """
                        input_resolution -
                        context_length   -
                        vocab_size       -
                        """);

        static final NameTable HUGGING_FACE_CLIP =
                NameTable.parse(
                                """
                        logit_scale                                     = logit_scale
                        text_model.embeddings.token_embedding.weight    = token_embedding.weight
                        text_model.embeddings.position_embedding.weight = positional_embedding
                        text_model.embeddings.position_ids              -
                        text_model.final_layer_norm.weight              = ln_final.weight
                        text_model.final_layer_norm.bias                = ln_final.bias
                        text_projection.weight                          ^ text_projection
                        vision_model.embeddings.class_embedding         = visual.class_embedding
                        vision_model.embeddings.patch_embedding.weight  = visual.conv1.weight
                        vision_model.embeddings.position_embedding.weight = visual.positional_embedding
                        vision_model.embeddings.position_ids            -
                        vision_model.pre_layrnorm.weight                = visual.ln_pre.weight
                        vision_model.pre_layrnorm.bias                  = visual.ln_pre.bias
                        vision_model.post_layernorm.weight              = visual.ln_post.weight
                        vision_model.post_layernorm.bias                = visual.ln_post.bias
                        visual_projection.weight                        ^ visual.proj
                        """)
                        .plus(huggingFaceBlock("text_model.", ""))
                        .plus(huggingFaceBlock("vision_model.", "visual."));

        static final NameTable AST =
                NameTable.parse(
                        """
                        cls_token
                        dist_token
                        pos_embed
                        patch_embed.proj.weight
                        patch_embed.proj.bias
                        norm.weight
                        norm.bias
                        blocks.#.norm1.weight
                        blocks.#.norm1.bias
                        blocks.#.attn.qkv.weight
                        blocks.#.attn.qkv.bias
                        blocks.#.attn.proj.weight
                        blocks.#.attn.proj.bias
                        blocks.#.norm2.weight
                        blocks.#.norm2.bias
                        blocks.#.mlp.fc1.weight
                        blocks.#.mlp.fc1.bias
                        blocks.#.mlp.fc2.weight
                        blocks.#.mlp.fc2.bias
                        """);

        /** Classification heads, which retrieval leaves out. */
        static final NameTable AST_HEADS =
                NameTable.parse(
                        """
                        v.head.weight      -
                        v.head.bias        -
                        v.head_dist.weight -
                        v.head_dist.bias   -
                        mlp_head.0.weight  -
                        mlp_head.0.bias    -
                        mlp_head.1.weight  -
                        mlp_head.1.bias    -
                        """);

        static final NameTable HUGGING_FACE_AST =
                NameTable.parse(
                                """
                        embeddings.cls_token                           = cls_token
                        embeddings.distillation_token                  = dist_token
                        embeddings.position_embeddings                 = pos_embed
                        embeddings.patch_embeddings.projection.weight  = patch_embed.proj.weight
                        embeddings.patch_embeddings.projection.bias    = patch_embed.proj.bias
                        layernorm.weight                               = norm.weight
                        layernorm.bias                                 = norm.bias
                        encoder.layer.#.layernorm_before.weight        = blocks.#.norm1.weight
                        encoder.layer.#.layernorm_before.bias          = blocks.#.norm1.bias
                        encoder.layer.#.attention.attention.{query,key,value}.weight + blocks.#.attn.qkv.weight
                        encoder.layer.#.attention.attention.{query,key,value}.bias   + blocks.#.attn.qkv.bias
                        encoder.layer.#.attention.output.dense.weight  = blocks.#.attn.proj.weight
                        encoder.layer.#.attention.output.dense.bias    = blocks.#.attn.proj.bias
                        encoder.layer.#.layernorm_after.weight         = blocks.#.norm2.weight
                        encoder.layer.#.layernorm_after.bias           = blocks.#.norm2.bias
                        encoder.layer.#.intermediate.dense.weight      = blocks.#.mlp.fc1.weight
                        encoder.layer.#.intermediate.dense.bias        = blocks.#.mlp.fc1.bias
                        encoder.layer.#.output.dense.weight            = blocks.#.mlp.fc2.weight
                        encoder.layer.#.output.dense.bias              = blocks.#.mlp.fc2.bias
                        """)
                        .below("audio_spectrogram_transformer.", "")
                        .plus(
                                NameTable.parse(
                                        """
                                        classifier.layernorm.weight -
                                        classifier.layernorm.bias   -
                                        classifier.dense.weight     -
                                        classifier.dense.bias       -
                                        """));

        /** CLIP4Clip's sequential transformer: CLIP blocks over frames. */
        static final NameTable SEQUENCE_TRANSFORMER =
                NameTable.parse("frame_position_embeddings.weight")
                        .plus(block("transformerClip.resblocks.#."));

        static final NameTable XPOOL =
                NameTable.parse(
                        """
                        pool_frames.cross_attn.q_proj.weight
                        pool_frames.cross_attn.q_proj.bias
                        pool_frames.cross_attn.k_proj.weight
                        pool_frames.cross_attn.k_proj.bias
                        pool_frames.cross_attn.v_proj.weight
                        pool_frames.cross_attn.v_proj.bias
                        pool_frames.cross_attn.out_proj.weight
                        pool_frames.cross_attn.out_proj.bias
                        pool_frames.linear_proj.weight
                        pool_frames.linear_proj.bias
                        pool_frames.layer_norm1.weight
                        pool_frames.layer_norm1.bias
                        pool_frames.layer_norm2.weight
                        pool_frames.layer_norm2.bias
                        pool_frames.layer_norm3.weight
                        pool_frames.layer_norm3.bias
                        """);

        static final NameTable AVIGATE =
                CLIP.below("clip.", "clip.")
                        .plus(AST.below("clip.audio.v.", "clip.audio.v."))
                        .plus(AST_HEADS.below("clip.audio.", ""))
                        .plus(SEQUENCE_TRANSFORMER)
                        .plus(block("transformer_Fusion.resblocks.#."))
                        .plus(
                                NameTable.parse(
                                        """
                                        clip.audio_projection
                                        query_tokens
                                        query_position_embeddings.weight
                                        transformer_Fusion.resblocks.#.cross_attn.in_proj_weight
                                        transformer_Fusion.resblocks.#.cross_attn.in_proj_bias
                                        transformer_Fusion.resblocks.#.cross_attn.out_proj.weight
                                        transformer_Fusion.resblocks.#.cross_attn.out_proj.bias
                                        transformer_Fusion.resblocks.#.ln_3.weight
                                        transformer_Fusion.resblocks.#.ln_3.bias
                                        transformerClip.resblocks.#.cross_attn.in_proj_weight
                                        transformerClip.resblocks.#.cross_attn.in_proj_bias
                                        transformerClip.resblocks.#.cross_attn.out_proj.weight
                                        transformerClip.resblocks.#.cross_attn.out_proj.bias
                                        transformerClip.resblocks.#.cross_ff.cross_fc.weight
                                        transformerClip.resblocks.#.cross_ff.cross_proj.weight
                                        transformerClip.resblocks.#.attn_gate.ag_fc.weight
                                        transformerClip.resblocks.#.attn_gate.ag_proj.weight
                                        transformerClip.resblocks.#.ff_gate.fg_fc.weight
                                        transformerClip.resblocks.#.ff_gate.fg_proj.weight
                                        transformerClip.resblocks.#.ln_3.weight
                                        transformerClip.resblocks.#.ln_3.bias
                                        transformerClip.resblocks.#.ln_4.weight
                                        transformerClip.resblocks.#.ln_4.bias
                                        """));

        private Tables() {}

        /** CLIP's residual attention block, under the same names on both sides. */
        private static NameTable block(String prefix) {
            return NameTable.parse(
                            """
                            attn.in_proj_weight
                            attn.in_proj_bias
                            attn.out_proj.weight
                            attn.out_proj.bias
                            ln_1.weight
                            ln_1.bias
                            mlp.c_fc.weight
                            mlp.c_fc.bias
                            mlp.c_proj.weight
                            mlp.c_proj.bias
                            ln_2.weight
                            ln_2.bias
                            """)
                    .below(prefix, prefix);
        }

        private static NameTable huggingFaceBlock(String left, String right) {
            return NameTable.parse(
                            """
                            self_attn.{q_proj,k_proj,v_proj}.weight + attn.in_proj_weight
                            self_attn.{q_proj,k_proj,v_proj}.bias   + attn.in_proj_bias
                            self_attn.out_proj.weight = attn.out_proj.weight
                            self_attn.out_proj.bias   = attn.out_proj.bias
                            layer_norm1.weight        = ln_1.weight
                            layer_norm1.bias          = ln_1.bias
                            mlp.fc1.weight            = mlp.c_fc.weight
                            mlp.fc1.bias              = mlp.c_fc.bias
                            mlp.fc2.weight            = mlp.c_proj.weight
                            mlp.fc2.bias              = mlp.c_proj.bias
                            layer_norm2.weight        = ln_2.weight
                            layer_norm2.bias          = ln_2.bias
                            """)
                    .below(left + "encoder.layers.#.", right + "transformer.resblocks.#.");
        }
    }
}
