package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import javigate.checkpoint.Assembly;
import javigate.checkpoint.ForeignWeights;
import javigate.checkpoint.HuggingFaceFolder;
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
            description = "Weight file, folder, or what model pull fetched.")
    private String source = "";

    @Option(
            names = "--to",
            defaultValue = "JAVIGATE",
            description =
                    "JAVIGATE (default), HUGGING_FACE_CLIP or HUGGING_FACE_AST; any case, dashes"
                            + " will do.",
            converter = TargetNames.class)
    private Target to = Target.JAVIGATE;

    @Mixin private NewModelOptions options = new NewModelOptions();

    @Override
    public Integer call() throws Exception {
        Path path = ModelSources.find(source);
        String name = path.getFileName().toString().replaceAll("[^A-Za-z0-9_-]", "-");
        Path folder = options.folder(name + "-" + to.name().toLowerCase(java.util.Locale.ROOT));
        try (ForeignWeights weights = ForeignWeights.open(path)) {
            switch (to) {
                case JAVIGATE -> toModel(weights, folder);
                case HUGGING_FACE_CLIP -> toClip(weights, folder);
                case HUGGING_FACE_AST -> {
                    HuggingFaceFolder.writeAst(
                            folder,
                            weights.ast(),
                            weights.astConfig(options.headWidth()),
                            options.half());
                    System.out.println(folder);
                }
            }
        }
        return 0;
    }

    private void toModel(ForeignWeights weights, Path folder) throws IOException {
        Assembly assembly = Assembly.of(weights, options.assembly());
        List<String> origin = new ArrayList<>();
        origin.add(ModelSources.origin("weights", weights));
        options.save(
                assembly,
                folder,
                ModelSources.tokenizer(options.vocabulary(), weights, assembly.vocabularySize()),
                origin);
    }

    private void toClip(ForeignWeights weights, Path folder) throws IOException {
        ClipConfig config = weights.clipConfig(options.headWidth());
        HuggingFaceFolder.writeClip(
                folder,
                weights.clip(),
                config,
                ModelSources.tokenizer(options.vocabulary(), weights, config.vocabularySize()),
                options.half());
        System.out.println(folder);
    }

    /** Targets in any spelling. */
    static final class TargetNames implements picocli.CommandLine.ITypeConverter<Target> {
        @Override
        public Target convert(String value) {
            return Target.valueOf(value.toUpperCase(java.util.Locale.ROOT).replace('-', '_'));
        }
    }
}
