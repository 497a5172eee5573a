package javigate.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What pages have in common: style, head, sections with links to them. */
final class Page {

    private static final String STYLE = "/javigate/report/report.css";

    /** Browsers then refuse anything from elsewhere. */
    private static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

    private Page() {}

    /**
     * A part of the page.
     *
     * @param parts none if there is nothing to show
     */
    record Section(String id, String title, List<Tag> parts) {

        Tag tag() {
            return Tag.of("section", "id", id).with(Tag.of("h2").text(title)).with(parts);
        }
    }

    /**
     * The whole file.
     *
     * @param what the page is, the beginning of its title
     * @param facts names and values for its head; the first three end the title
     */
    static String html(String what, Map<String, String> facts, List<Section> sections)
            throws IOException {
        String title = what + ": " + String.join(", ", facts.values().stream().limit(3).toList());
        Tag body = Tag.of("body").with(Charts.patterns(), head(title, facts, sections));
        sections.forEach(section -> body.with(section.tag()));
        Tag page =
                Tag.of("html", "lang", "en")
                        .with(
                                Tag.of("head")
                                        .with(
                                                Tag.of("meta", "charset", "utf-8"),
                                                Tag.of(
                                                        "meta",
                                                        "http-equiv",
                                                        "Content-Security-Policy",
                                                        "content",
                                                        POLICY),
                                                Tag.of(
                                                        "meta",
                                                        "name",
                                                        "viewport",
                                                        "content",
                                                        "width=device-width, initial-scale=1"),
                                                Tag.of("title").text(title),
                                                Tag.of("style").text(style())),
                                body);
        return "<!DOCTYPE html>\n" + page + "\n";
    }

    private static Tag head(String title, Map<String, String> facts, List<Section> sections) {
        Tag list = Tag.of("dl");
        facts.forEach(
                (name, value) -> list.with(Tag.of("dt").text(name), Tag.of("dd").text(value)));
        Tag links = Tag.of("nav", "aria-label", "Sections");
        sections.forEach(
                section ->
                        links.with(Tag.of("a", "href", "#" + section.id()).text(section.title())));
        return Tag.of("header").with(Tag.of("h1").text(title), list, links);
    }

    private static String style() throws IOException {
        try (InputStream in = Page.class.getResourceAsStream(STYLE)) {
            return new String(
                    Objects.requireNonNull(in, STYLE).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
