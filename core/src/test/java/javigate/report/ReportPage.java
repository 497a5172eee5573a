package javigate.report;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import javigate.data.ClipCache;
import javigate.data.Manifest;
import javigate.eval.AudioCoverage;
import javigate.eval.Bootstrap;
import javigate.eval.Evaluation;
import javigate.eval.Retrieval;
import javigate.eval.ScoreMatrix;
import javigate.eval.TieRule;
import javigate.media.WorkerVideoReader;
import javigate.model.Preprocessing;
import javigate.search.TinyModel;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/**
 * The page of an evaluation of six clips with seven captions and scores by chance, another model
 * beside it.
 *
 * @param folder of clips and page
 */
record ReportPage(Path folder, Evaluation evaluation, String text, Document document) {

    static final Bootstrap BOOTSTRAP = new Bootstrap(40, 1);

    static final String HOSTILE = "<script>alert(\"1\")</script> & a lone \ud800 'half'";

    static final List<String> KINDS =
            List.of("informative", "irrelevant", "silent", "informative", "absent", "irrelevant");

    static final int LAYERS = 3;

    /** Makes the clips, writes the page and reads it. */
    static ReportPage write(Path folder) throws Exception {
        List<Manifest.Item> items = new ArrayList<>();
        for (int i = 0; i < KINDS.size(); i++) {
            Path file = TinyModel.clip(folder.resolve(i + ".mp4"), 1 + i % 2, 0);
            List<String> captions =
                    i == 0 ? List.of("a bell rings", HOSTILE) : List.of("caption " + i);
            items.add(
                    new Manifest.Item(
                            "clip" + i,
                            file,
                            0,
                            Long.MAX_VALUE,
                            null,
                            captions,
                            List.of(),
                            KINDS.get(i),
                            i == 0 ? "bell" : "none"));
        }
        Evaluation evaluation = evaluation(manifest(items), 1, LAYERS);
        Evaluation other = evaluation(manifest(items), 2, LAYERS);
        String text =
                html(
                        folder,
                        new EvalReport(
                                Map.of("model", "tiny <b>"),
                                evaluation,
                                Map.of("no \"gate\"", other),
                                BOOTSTRAP));
        return new ReportPage(folder, evaluation, text, parse(text));
    }

    /** Another report on the same clips. */
    String html(EvalReport report) throws Exception {
        return html(folder, report);
    }

    private static String html(Path folder, EvalReport report) throws Exception {
        Path file = folder.resolve("report.html");
        Preprocessing preprocessing = Preprocessing.ofPictures(32, 4, 6);
        try (WorkerVideoReader reader = new WorkerVideoReader(WorkerVideoReader.Options.DEFAULT);
                ClipCache cache =
                        ClipCache.open(
                                folder.resolve("cache"),
                                report.evaluation().manifest().items(),
                                preprocessing,
                                List.of(reader),
                                1 << 20,
                                _ -> {})) {
            report.write(file, cache, preprocessing.imageSize());
        }
        return Files.readString(file);
    }

    static Manifest manifest(List<Manifest.Item> items) {
        return new Manifest("test", "val", Manifest.Role.SELECTION, items, Manifest.LeftOut.NONE);
    }

    /**
     * @param layers that have gates; 0 for a model that does not listen
     */
    static Evaluation evaluation(Manifest manifest, long seed, int layers) {
        Random random = new Random(seed);
        int clips = manifest.items().size();
        ScoreMatrix heard = scores(clips, random);
        ScoreMatrix muted = layers == 0 ? heard : scores(clips, random);
        List<float[][]> gates = new ArrayList<>();
        for (int clip = 0; clip < clips; clip++) {
            float[][] own = new float[layers][2];
            for (float[] pair : own) {
                pair[0] = random.nextFloat() - 0.3f;
                pair[1] = random.nextFloat();
            }
            gates.add(own);
        }
        return new Evaluation(
                manifest,
                layers == 0 ? null : new AudioCoverage(4, 1, 1),
                heard,
                muted,
                heard,
                gates,
                new Evaluation.Ranks(
                        Retrieval.of(heard, TieRule.OWN_LAST),
                        Retrieval.of(muted, TieRule.OWN_LAST)),
                Map.of());
    }

    /** The first clip has two captions. */
    private static ScoreMatrix scores(int clips, Random random) {
        double[][] scores = new double[clips + 1][clips];
        int[] owner = new int[clips + 1];
        for (int query = 0; query <= clips; query++) {
            owner[query] = Math.max(0, query - 1);
            for (int clip = 0; clip < clips; clip++) {
                scores[query][clip] = random.nextGaussian();
            }
        }
        return new ScoreMatrix(scores, owner);
    }

    /** As XML, which is stricter than HTML: every end tag, every escape. */
    static Document parse(String html) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(html)));
    }

    static List<Element> all(Document document, String tag) {
        NodeList found = document.getElementsByTagName(tag);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    static List<Element> within(Element parent, String tag, String kind) {
        return all(Objects.requireNonNull(parent.getOwnerDocument()), tag).stream()
                .filter(
                        e ->
                                kind.isEmpty()
                                        || List.of(e.getAttribute("class").split(" "))
                                                .contains(kind))
                .filter(e -> (parent.compareDocumentPosition(e) & 16) != 0)
                .toList();
    }

    static @Nullable Element section(Document document, String id) {
        return all(document, "section").stream()
                .filter(section -> section.getAttribute("id").equals(id))
                .findFirst()
                .orElse(null);
    }

    Element section(String id) {
        return Objects.requireNonNull(section(document, id), id);
    }

    static List<String> texts(List<Element> elements) {
        return elements.stream().map(Element::getTextContent).toList();
    }
}
