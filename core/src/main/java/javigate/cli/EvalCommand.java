package javigate.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import javigate.data.ClipCache;
import javigate.data.Manifest;
import javigate.eval.Evaluation;
import javigate.eval.RetrievalMetrics;
import javigate.model.RetrievalModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code eval}: a model on a SightSound split. */
@Command(
        name = "eval",
        mixinStandardHelpOptions = true,
        description =
                "Evaluates a model on a SightSound split: recall with the clips' sound and without,"
                        + " per kind of clip.")
final class EvalCommand implements Callable<Integer> {

    @Mixin private DeviceOption device = new DeviceOption();

    @Mixin private Caches caches = new Caches();

    @Option(names = "--data", required = true, description = "SightSound folder.")
    private Path data = Path.of("");

    @Option(names = "--checkpoint", description = "Model folder. Default: the one that ships.")
    private @Nullable String checkpoint;

    @Option(names = "--split", defaultValue = "test", description = "Default ${DEFAULT-VALUE}.")
    private String split = "test";

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        device.start();
        Checkpoint from = checkpoint == null ? Checkpoint.shipped() : ModelFolders.open(checkpoint);
        Manifest manifest = Manifest.readSightSound(data, split).requireVideos();
        Evaluation evaluation;
        try (RetrievalModel model = from.load();
                ClipCache cache = caches.open(data, manifest, model.preprocessing(), split);
                Progress progress = Progress.of("embedding", cache.size())) {
            evaluation = Evaluation.of(model, manifest, cache, progress::to);
        }
        if (json) {
            Json.print(evaluation);
            return 0;
        }
        System.out.printf(
                "%s on %s %s: one caption per clip; of tied clips a query's own counts last%n",
                from.name(), data, split);
        System.out.println(
                "                     t2v R@1/5/10      MdR   v2t R@1/5/10      MdR   clips");
        print("with sound", evaluation.textToVideo(), evaluation.videoToText());
        print("without sound", evaluation.textToVideoMuted(), evaluation.videoToTextMuted());
        return 0;
    }

    private static void print(
            String title, Map<String, RetrievalMetrics> t2v, Map<String, RetrievalMetrics> v2t) {
        System.out.println(title);
        for (Map.Entry<String, RetrievalMetrics> e : t2v.entrySet()) {
            RetrievalMetrics back = v2t.get(e.getKey());
            if (back != null) {
                System.out.printf(
                        "  %-16s %s   %s   %d%n",
                        e.getKey(), row(e.getValue()), row(back), back.queries());
            }
        }
    }

    /** R@1/5/10 in percent and the median rank. */
    static String row(RetrievalMetrics m) {
        return String.format(
                Locale.ROOT, "%5.1f/%5.1f/%5.1f %6.1f", m.r1(), m.r5(), m.r10(), m.medianRank());
    }
}
