package javigate.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javigate.index.TextLine;
import javigate.search.FrameScore;
import javigate.search.Fused;
import javigate.search.Hit;
import javigate.search.Reranked;

/** Hits for people and for programs. */
final class HitPrinter {

    /** Characters of a caption, subtitle or note that are shown. */
    private static final int MAX_LINE = 80;

    private static final String BARS = "▁▂▃▄▅▆▇█";

    private HitPrinter() {}

    /** One line: rank, score, when, where, what the sound added. */
    static String line(Hit hit) {
        return String.format(
                        Locale.ROOT,
                        "%2d. %s%s  %s  %s–%s, best at %s  %s",
                        hit.rank(),
                        score(hit),
                        relevance(hit),
                        Libraries.oneLine(hit.file()),
                        Libraries.time(hit.moment().startMs()),
                        Libraries.time(hit.moment().endMs()),
                        Libraries.time(hit.bestMs()),
                        sound(hit))
                + words(hit);
    }

    private static String relevance(Hit hit) {
        return hit.relevance() == null
                ? ""
                : String.format(Locale.ROOT, "  %2.0f %% likely", 100 * hit.relevance());
    }

    /** Further moments of the video of the line above. */
    static String more(List<Hit> hits) {
        return hits.stream()
                .map(
                        hit ->
                                String.format(
                                        Locale.ROOT,
                                        "%s–%s (%d., %s)",
                                        Libraries.time(hit.moment().startMs()),
                                        Libraries.time(hit.moment().endMs()),
                                        hit.rank(),
                                        score(hit)))
                .collect(Collectors.joining(", ", "      also ", ""));
    }

    private static String words(Hit hit) {
        Fused fused = hit.fused();
        if (fused == null) {
            return "";
        }
        TextLine line = fused.line();
        return line == null
                ? String.format(Locale.ROOT, "; rank %d by sight and sound, no words", fused.rank())
                : String.format(
                        Locale.ROOT,
                        "; rank %d by sight and sound, %d by words: \"%s\" (%s, %s)",
                        fused.rank(),
                        fused.rankByWords(),
                        Libraries.oneLine(shortened(line.text())),
                        line.kind().name().toLowerCase(Locale.ROOT),
                        Libraries.time(line.startMs()));
    }

    private static String shortened(String text) {
        return text.length() <= MAX_LINE ? text : text.substring(0, MAX_LINE - 1) + "…";
    }

    private static String score(Hit hit) {
        Reranked again = hit.reranked();
        return again == null
                ? String.format(Locale.ROOT, "%.3f", hit.score())
                : String.format(
                        Locale.ROOT,
                        "%.3f (was %d., %.3f)",
                        again.score(),
                        again.rankBefore(),
                        hit.score());
    }

    /** What the sound did, in words. */
    static String sound(Hit hit) {
        if (!hit.modelListens()) {
            return "the model does not listen";
        }
        return switch (hit.soundState()) {
            case ABSENT -> "no audio track";
            case SILENT ->
                    String.format(
                            Locale.ROOT, "digital silence (%+.3f)%s", hit.soundAdded(), ranks(hit));
            case USED ->
                    String.format(
                            Locale.ROOT, "the sound added %+.3f%s", hit.soundAdded(), ranks(hit));
            case IGNORED ->
                    String.format(
                            Locale.ROOT, "sound ignored (%+.3f)%s", hit.soundAdded(), ranks(hit));
        };
    }

    private static String ranks(Hit hit) {
        return hit.rankWithoutSound() == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        " (rank %d by score, %d if nothing had sound)",
                        hit.rankByScore(),
                        hit.rankWithoutSound());
    }

    /** Several lines: bars of the frames with their times; sound and gates where there are any. */
    static String explanation(Hit hit) {
        StringBuilder text = new StringBuilder();
        double low = Double.MAX_VALUE;
        double high = -Double.MAX_VALUE;
        for (FrameScore frame : hit.frames()) {
            low = Math.min(low, Math.min(frame.cosine(), frame.cosineWithoutSound()));
            high = Math.max(high, Math.max(frame.cosine(), frame.cosineWithoutSound()));
        }
        StringBuilder heard = new StringBuilder();
        StringBuilder muted = new StringBuilder();
        StringBuilder times = new StringBuilder();
        for (FrameScore frame : hit.frames()) {
            heard.append("    ").append(bar(frame.cosine(), low, high)).append("    ");
            muted.append("    ").append(bar(frame.cosineWithoutSound(), low, high)).append("    ");
            times.append(String.format(Locale.ROOT, " %7s ", Libraries.time(frame.timeMs())));
        }
        text.append("      frames         ").append(heard).append('\n');
        if (hit.modelListens()) {
            text.append("      without sound  ").append(muted).append('\n');
        }
        text.append("                     ").append(times);
        if (hit.gates().length > 0) {
            text.append("\n      gates          ");
        }
        for (float[] layer : hit.gates()) {
            text.append(
                    String.format(
                            Locale.ROOT, " attention %+.2f / FFN %+.2f ", layer[0], layer[1]));
        }
        hit.notes().stream()
                .filter(note -> !note.equals(sound(hit))) // the line above says it already
                .forEach(
                        note ->
                                text.append("\n      note           ")
                                        .append(Libraries.oneLine(note)));
        return text.toString();
    }

    private static char bar(double value, double low, double high) {
        double share = high > low ? (value - low) / (high - low) : 1;
        return BARS.charAt((int) Math.round(share * (BARS.length() - 1)));
    }

    /** All of a hit, in the names of the JSON output. */
    static Map<String, Object> fields(Hit hit) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("rank", hit.rank());
        fields.put("id", hit.id());
        fields.put("file", hit.file().toString());
        fields.put("startMs", hit.startMs());
        fields.put("endMs", hit.endMs());
        fields.put("bestMs", hit.bestMs());
        fields.put("momentStartMs", hit.moment().startMs());
        fields.put("momentEndMs", hit.moment().endMs());
        fields.put("score", hit.score());
        fields.put("rankByScore", hit.rankByScore());
        fields.put("scoreWithoutSound", hit.scoreWithoutSound());
        fields.put("soundAdded", hit.soundAdded());
        fields.put("rankWithoutSound", hit.rankWithoutSound());
        fields.put("relevance", hit.relevance());
        fields.put("soundState", hit.soundState());
        fields.put("gates", hit.gates());
        fields.put("frames", hit.frames().stream().map(HitPrinter::fields).toList());
        fields.put("notes", hit.notes());
        if (hit.fused() != null) {
            fields.put("fused", hit.fused());
        }
        Reranked again = hit.reranked();
        if (again != null) {
            fields.put("reranked", again);
        }
        return fields;
    }

    private static Map<String, Object> fields(FrameScore frame) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("timeMs", frame.timeMs());
        fields.put("cosine", frame.cosine());
        fields.put("cosineWithoutSound", frame.cosineWithoutSound());
        fields.put("share", frame.share());
        fields.put("localShare", frame.localShare());
        fields.put("globalShare", frame.globalShare());
        return fields;
    }
}
