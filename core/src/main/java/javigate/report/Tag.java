package javigate.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * An element of HTML or SVG. Texts and values are escaped as they are written, so a caption or a
 * file name is never markup; what comes out is well-formed XML too.
 */
final class Tag {

    /** HTML's elements without an end tag, of those used here. */
    private static final Set<String> VOID = Set.of("meta", "img", "br");

    private static final int REPLACEMENT = 0xFFFD;

    private final String name;
    private final StringBuilder attributes = new StringBuilder();
    private final List<Object> content = new ArrayList<>(); // Tag or String

    private Tag(String name) {
        this.name = name;
    }

    /**
     * @param attributes names and values in turn; a value that is a number is rounded to 2 decimals
     */
    static Tag of(String name, Object... attributes) {
        if (attributes.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "<%s> with %s; a name or value lacks its other half"
                            .formatted(name, Arrays.toString(attributes)));
        }
        Tag tag = new Tag(name);
        for (int i = 0; i < attributes.length; i += 2) {
            tag.attributes.append(' ').append(attributes[i]).append("=\"");
            escape(value(attributes[i + 1]), tag.attributes);
            tag.attributes.append('"');
        }
        return tag;
    }

    private static String value(Object value) {
        return value instanceof Double number
                ? String.format(Locale.ROOT, "%.2f", number)
                        .replaceFirst("0+$", "")
                        .replaceFirst("\\.$", "")
                : value.toString();
    }

    /** Adds elements; returns this. */
    Tag with(Tag... children) {
        content.addAll(Arrays.asList(children));
        return this;
    }

    /** Adds elements; returns this. */
    Tag with(List<Tag> children) {
        content.addAll(children);
        return this;
    }

    /** Adds text; returns this. */
    Tag text(String text) {
        content.add(text);
        return this;
    }

    void write(StringBuilder out) {
        out.append('<').append(name).append(attributes);
        if (VOID.contains(name)) {
            out.append("/>");
            return;
        }
        out.append('>');
        for (Object part : content) {
            if (part instanceof Tag tag) {
                tag.write(out);
            } else {
                escape(part.toString(), out);
            }
        }
        out.append("</").append(name).append('>');
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        write(out);
        return out.toString();
    }

    private static void escape(String text, StringBuilder out) {
        text.codePoints()
                .forEach(
                        c -> {
                            switch (c) {
                                case '&' -> out.append("&amp;");
                                case '<' -> out.append("&lt;");
                                case '>' -> out.append("&gt;");
                                case '"' -> out.append("&quot;");
                                default -> out.appendCodePoint(isAllowed(c) ? c : REPLACEMENT);
                            }
                        });
    }

    /** XML 1.0's characters; lone surrogates are none. */
    private static boolean isAllowed(int c) {
        return (c >= 0x20 && c <= 0xD7FF)
                || c == '\t'
                || c == '\n'
                || c == '\r'
                || (c >= 0xE000 && c <= 0xFFFD)
                || c >= 0x10000;
    }
}
