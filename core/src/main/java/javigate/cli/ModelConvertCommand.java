package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javigate.checkpoint.Architecture;
import javigate.checkpoint.Assembly;
import javigate.checkpoint.ForeignWeights;
import javigate.checkpoint.HuggingFaceFolder;
import javigate.model.avigate.AvigateConfig;
import javigate.model.clip.ClipConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code model convert SOURCE}. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        description = {
            "Turns weights from elsewhere into a model folder, or into a CLIP or AST as"
                    + " HuggingFace's library loads them.",
            "Read are: HuggingFace folders of CLIP and AST, OpenAI's CLIP archives, the authors'"
                    + " AST, training checkpoints of AVIGATE, CLIP4Clip and X-Pool; safetensors,"
                    + " PyTorch's files old and new, and shards. Nothing in them is run."
        })
final class ModelConvertCommand implements Callable<Integer> {

    /** What comes out. */
    enum Target {
        JAVIGATE,
        HUGGING_FACE_CLIP,
        HUGGING_FACE_AST
    }

    @Parameters(
            paramLabel = "SOURCE",
            description = "Weight file, folder, installed model, or what model pull fetched.")
    private String source = "";

    @Option(
            names = "--to",
            paramLabel = "FORM",
            defaultValue = "javigate",
            description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.",
            completionCandidates = TargetNames.class,
            converter = TargetNames.class)
    private Target to = Target.JAVIGATE;

    @Mixin private NewModelOptions options = new NewModelOptions();

    @Override
    public Integer call() throws Exception {
        if (to != Target.JAVIGATE) {
            options.refuse("does nothing with another form than javigate", "--name", "--variant");
        }
        if (to == Target.HUGGING_FACE_AST) {
            options.refuse("does nothing with an AST", "--vocab");
        }
        Path path = ModelSources.find(source);
        Path folder =
                to == Target.JAVIGATE
                        ? options.folder(ModelSources.plainName(source) + "-javigate")
                        : options.outFor("what HuggingFace's library loads");
        try (ForeignWeights weights = ForeignWeights.open(path)) {
            if (weights.own() != null) {
                options.refuse(
                        "does nothing with a model of javigate's, which keeps its own",
                        "--variant",
                        "--head-width",
                        "--vocab");
            }
            if (to == Target.JAVIGATE) {
                toModel(weights, folder);
            } else {
                toHuggingFace(weights, folder);
            }
        }
        return 0;
    }

    private void toModel(ForeignWeights weights, Path folder) throws IOException {
        Assembly assembly = Assembly.of(weights, options.assembly());
        if (!(assembly.config() instanceof AvigateConfig)) {
            options.refuse(
                    "does nothing with a " + Architecture.of(assembly.config()).id(), "--variant");
        }
        List<String> origin = new ArrayList<>();
        origin.add(ModelSources.origin("weights", source, weights));
        options.save(
                assembly,
                folder,
                ModelSources.tokenizer(options.vocabulary(), weights, assembly.vocabularySize()),
                origin);
    }

    private void toHuggingFace(ForeignWeights weights, Path folder) throws IOException {
        try {
            if (to == Target.HUGGING_FACE_CLIP) {
                toClip(weights, folder);
            } else {
                HuggingFaceFolder.writeAst(
                        folder,
                        weights.ast(),
                        weights.astConfig(options.headWidth()),
                        weights.fbankScale(),
                        options.half());
            }
        } catch (IllegalArgumentException e) {
            throw new IOException(weights.file() + ": " + e.getMessage(), e);
        }
        if (options.json()) {
            try (ForeignWeights written = ForeignWeights.open(folder)) {
                Json.print(ModelSummary.of(written).fields());
            }
        } else {
            System.out.println(folder);
        }
    }

    private void toClip(ForeignWeights weights, Path folder) throws IOException {
        ClipConfig config = weights.clipConfig(options.headWidth());
        HuggingFaceFolder.writeClip(
                folder,
                weights.clip(),
                config,
                ModelSources.tokenizer(options.vocabulary(), weights, config.vocabularySize()),
                options.half());
    }

    /** Targets as they are written on the command line. */
    static final class TargetNames extends EnumNames<Target> {
        TargetNames() {
            super(
                    Target.values(),
                    target -> target.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
    }
}
