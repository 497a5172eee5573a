package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import javigate.checkpoint.Assembly;
import javigate.checkpoint.ForeignWeights;
import javigate.checkpoint.ModelPreset;
import javigate.model.clip.ClipTokenizer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code model assemble}. */
@Command(
        name = "assemble",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a model of its towers.",
            "With --clip and --ast: AVIGATE, its new parts as the reference starts them, ready to"
                    + " train. With --clip alone: CLIP4Clip (mean of the frames), ready to search."
                    + " With --random: a model of a paper's size whose every weight is drawn."
        })
final class ModelAssembleCommand implements Callable<Integer> {

    @Option(
            names = "--clip",
            paramLabel = "CLIP",
            description = "A CLIP: file, folder, or what model pull fetched (clip-b32).")
    private @Nullable String clip;

    @Option(names = "--ast", paramLabel = "AST", description = "An AST, named likewise (ast).")
    private @Nullable String ast;

    @Option(names = "--random", description = "Draw every weight.")
    private boolean random;

    @Option(
            names = "--preset",
            paramLabel = "PRESET",
            description = "With --random: ${COMPLETION-CANDIDATES}.",
            completionCandidates = PresetNames.class,
            converter = PresetNames.class)
    private @Nullable ModelPreset preset;

    @Option(
            names = "--audio-frames",
            paramLabel = "N",
            description =
                    "Frames of the filterbank, where they shall not be AST's own 1,024; its"
                            + " positions are fitted.")
    private int audioFrames;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Seed of what is drawn; default ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin private NewModelOptions options = new NewModelOptions();

    @Override
    public Integer call() throws Exception {
        List<String> origin = new ArrayList<>();
        if (random) {
            if (preset == null || clip != null || ast != null) {
                throw new IllegalArgumentException(
                        "--random takes a --preset (%s), and neither --clip nor --ast"
                                .formatted(String.join(", ", new PresetNames())));
            }
            options.refuse(
                    "does nothing with --random; the preset says",
                    "--audio-frames",
                    "--head-width");
            if (!preset.hasSound()) {
                options.refuse("does nothing with " + preset.argument(), "--variant");
            }
            Path folder = options.folder(preset.argument() + "-random");
            ClipTokenizer tokenizer = ModelSources.anyTokenizer(options.vocabulary(), origin);
            Assembly assembly;
            try (Progress drawing = Progress.of("drawing", -1)) {
                assembly = Assembly.random(preset, options.assembly(seed, 0, drawing));
            }
            options.save(assembly, folder, tokenizer, origin);
            return 0;
        }
        if (clip == null || preset != null) {
            throw new IllegalArgumentException(
                    "name a --clip, with an --ast for AVIGATE; or --random with a --preset");
        }
        if (ast == null) {
            options.refuse(
                    "does nothing without an --ast", "--audio-frames", "--seed", "--variant");
        }
        try (ForeignWeights clipWeights = ForeignWeights.open(ModelSources.find(clip))) {
            if (ast == null) {
                clip4clip(clip, clipWeights, origin);
            } else {
                avigate(clip, clipWeights, ast, origin);
            }
        }
        return 0;
    }

    private void clip4clip(String clipName, ForeignWeights clipWeights, List<String> origin)
            throws IOException {
        Path folder = options.folder("clip4clip");
        Assembly assembly = Assembly.zeroShot(clipWeights, options.assembly());
        origin.add(ModelSources.origin("CLIP", clipName, clipWeights));
        origin.add("zero-shot: CLIP as it is, the mean of the frames");
        options.save(assembly, folder, tokenizer(clipWeights, assembly), origin);
    }

    private void avigate(
            String clipName, ForeignWeights clipWeights, String astName, List<String> origin)
            throws IOException {
        Path folder = options.folder("avigate");
        try (ForeignWeights astWeights = ForeignWeights.open(ModelSources.find(astName))) {
            Assembly assembly;
            try (Progress drawing = Progress.of("drawing", -1)) {
                assembly =
                        Assembly.avigate(
                                clipWeights,
                                astWeights,
                                options.assembly(seed, audioFrames, drawing));
            }
            origin.add(ModelSources.origin("CLIP", clipName, clipWeights));
            origin.add(ModelSources.origin("AST", astName, astWeights));
            options.save(assembly, folder, tokenizer(clipWeights, assembly), origin);
        }
    }

    private ClipTokenizer tokenizer(ForeignWeights clipWeights, Assembly assembly)
            throws IOException {
        return ModelSources.tokenizer(options.vocabulary(), clipWeights, assembly.vocabularySize());
    }
}
