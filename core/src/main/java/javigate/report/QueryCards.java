package javigate.report;

import java.util.List;
import java.util.stream.Stream;
import javigate.data.Manifest;

/** Queries as cards: the caption, the clips found for it, their pictures, scores and gates. */
final class QueryCards {

    private final List<Manifest.Item> clips;
    private final List<String> captions;
    private final Answers heard;
    private final Answers muted;
    private final boolean listens;
    private final FilmStrips strips;
    private final GateCharts gates;

    /**
     * @param captions the queries
     * @param heard answers to them with sound
     * @param muted without
     * @param listens whether the two differ
     */
    QueryCards(
            List<Manifest.Item> clips,
            List<String> captions,
            Answers heard,
            Answers muted,
            boolean listens,
            FilmStrips strips,
            GateCharts gates) {
        this.clips = clips;
        this.captions = captions;
        this.heard = heard;
        this.muted = muted;
        this.listens = listens;
        this.strips = strips;
        this.gates = gates;
    }

    /** Its own clip beside the one that was found instead. */
    Tag missed(int query) {
        return card("card", query)
                .with(
                        blocks(
                                Stream.of(
                                        found("Its own clip", query, own(query), heard, false),
                                        found(
                                                "Found first",
                                                query,
                                                heard.top(query),
                                                heard,
                                                false))));
    }

    /** Its own clip, and what comes first with sound and without. */
    Tag sound(int query) {
        return card("card", query)
                .with(
                        blocks(
                                Stream.of(
                                        found("Its own clip", query, own(query), heard, true),
                                        found(
                                                "First with sound",
                                                query,
                                                heard.top(query),
                                                heard,
                                                false),
                                        found(
                                                "First without sound",
                                                query,
                                                muted.top(query),
                                                muted,
                                                false))));
    }

    /**
     * What each way to answer finds first, with the gates of what it found.
     *
     * @param ways this model's first
     */
    Tag sideBySide(int query, List<Answers> ways) {
        Stream<Tag> found =
                ways.stream().map(way -> found(way.name(), query, way.top(query), way, true));
        Tag own = found("Its own clip", query, own(query), heard, false);
        return card("card wide", query).with(blocks(Stream.concat(Stream.of(own), found)));
    }

    private int own(int query) {
        return heard.scores().owner()[query];
    }

    private Tag card(String kind, int query) {
        Tag ranks =
                Tag.of("p", "class", "ranks")
                        .text("Its clip ranks ")
                        .with(Tag.of("b").text(String.valueOf(heard.rank(query))));
        if (listens) {
            ranks.text(" with sound, ")
                    .with(Tag.of("b").text(String.valueOf(muted.rank(query))))
                    .text(" without,");
        }
        return Tag.of("article", "class", kind)
                .with(
                        Tag.of("h3", "dir", "auto").text(captions.get(query)),
                        ranks.text(" of " + clips.size()));
    }

    private static Tag blocks(Stream<Tag> blocks) {
        return Tag.of("div", "class", "clips").with(blocks.toList());
    }

    private Tag found(String title, int query, int clip, Answers way, boolean showGates) {
        boolean right = clip == own(query);
        Manifest.Item item = clips.get(clip);
        Tag block =
                Tag.of("figure", "class", right ? "clip right" : "clip wrong")
                        .with(
                                Tag.of("figcaption")
                                        .with(
                                                Tag.of("b").text(title),
                                                Tag.of("span", "class", "mark")
                                                        .text(right ? "✓ right" : "✗ wrong")),
                                strips.of(clip, item),
                                facts(item, query, clip, way));
        if (showGates && !way.gates().isEmpty()) {
            block.with(gates.bars(way.gates().get(clip)));
        }
        return block;
    }

    private Tag facts(Manifest.Item item, int query, int clip, Answers way) {
        String sound =
                item.sound().isEmpty() || item.sound().equals("none") ? "" : ": " + item.sound();
        String kind = item.kind().isEmpty() ? "" : ", sound " + item.kind() + sound;
        return Tag.of("p", "class", "facts")
                .text(item.videoId() + kind)
                .with(Tag.of("br"))
                .text(
                        "score "
                                + Charts.number(way.score(query, clip), 3)
                                + (clip == own(query)
                                        ? ""
                                        : ", its own clip at rank " + way.rank(query)));
    }
}
