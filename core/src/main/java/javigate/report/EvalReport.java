package javigate.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javigate.data.ClipCache;
import javigate.eval.Bootstrap;
import javigate.eval.Evaluation;
import javigate.report.Page.Section;

/**
 * An evaluation as one HTML file without scripts and without anything from elsewhere. Pictures are
 * the bulk of it: some 100 strips of three frames, {@value FilmStrips#SIDE} pixels high, about 1 to
 * 2 MB together, however many clips the split has.
 *
 * @param facts what was evaluated and how, for the page's head: names and values, the first three
 *     of which (model, data, split) make its title
 * @param evaluation of the model that the report is about
 * @param beside evaluations of other models on the same queries, by name
 * @param bootstrap of the intervals; its seed draws the queries that are shown side by side
 */
public record EvalReport(
        Map<String, String> facts,
        Evaluation evaluation,
        Map<String, Evaluation> beside,
        Bootstrap bootstrap) {

    /** Queries in each section of cards. */
    static final int SHOWN = 12;

    private static final String SOUND = "this model, with sound";
    private static final String NO_SOUND = "this model, without sound";

    public EvalReport {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
        beside = Collections.unmodifiableMap(new LinkedHashMap<>(beside));
        for (Map.Entry<String, Evaluation> other : beside.entrySet()) {
            if (!other.getValue().manifest().sha256().equals(evaluation.manifest().sha256())) {
                throw new IllegalArgumentException(
                        "%s was evaluated on other clips or captions; evaluate both on one split"
                                .formatted(other.getKey()));
            }
        }
    }

    /**
     * Writes the page, over a file that is there.
     *
     * @param cache the evaluation's clips, decoded
     * @param imageSize side of its pictures, pixels
     * @throws IOException if the file cannot be written
     */
    public void write(Path file, ClipCache cache, int imageSize) throws IOException {
        Files.writeString(file, html(new FilmStrips(cache, imageSize)));
    }

    private String html(FilmStrips strips) throws IOException {
        boolean listens = evaluation.audio() != null;
        Answers heard = Answers.heard(listens ? SOUND : "this model", evaluation);
        Answers muted = Answers.muted(NO_SOUND, evaluation);
        List<Answers> ways = new ArrayList<>(listens ? List.of(heard, muted) : List.of(heard));
        beside.forEach((name, other) -> ways.add(Answers.heard(name, other)));
        GateCharts gates = GateCharts.of(ways.stream().map(Answers::gates).toList());
        QueryCards cards =
                new QueryCards(
                        evaluation.manifest().items(),
                        evaluation.captions(),
                        heard,
                        muted,
                        listens,
                        strips,
                        gates);
        List<Section> sections =
                Stream.of(
                                ReportSections.metrics(evaluation, bootstrap),
                                ReportSections.recall(evaluation, ways),
                                ReportSections.ranks(
                                        evaluation,
                                        listens ? List.of(heard, muted) : List.of(heard)),
                                ReportSections.gates(evaluation, gates),
                                ReportSections.hardest(heard, cards),
                                ReportSections.sound(evaluation, heard, muted, bootstrap, cards),
                                ReportSections.sideBySide(this, heard, muted, ways, cards))
                        .filter(section -> !section.parts().isEmpty())
                        .toList();
        return Page.html("javigate evaluation", facts, sections);
    }
}
