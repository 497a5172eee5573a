package javigate.model.clip;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Cleans a caption exactly as CLIP's reference does before it is cut into words: {@code
 * ftfy.fix_text} (version 6.3.1, default settings), HTML references unescaped twice, blanks
 * collapsed and stripped, lower case.
 *
 * <p>Repairing covers HTML references, UTF-8 misread in ten single-byte encodings, C1 controls,
 * Latin ligatures, full and half width, curly quotes, line breaks, lone surrogates, terminal
 * escapes, control characters; the result is in Unicode's form NFC.
 */
public final class TextCleaner {
    /** A line longer than this, in code points, is repaired in pieces. */
    private static final int MAX_SEGMENT_CODE_POINTS = 1_000_000;

    private static final Pattern WHITE_SPACE =
            Pattern.compile("[" + UnicodeText.WHITE_SPACE + "]+");
    private static final Pattern TERMINAL_ESCAPE = Pattern.compile("\\x1b\\[[\\p{Nd};]*+[a-zA-Z]");
    private static final Pattern LINE_BREAK = Pattern.compile("\\r\\n|[\\r\\u2028\\u2029\\x85]");
    private static final Pattern SINGLE_QUOTE = Pattern.compile("[\\u02bc\\u2018-\\u201b]");
    private static final Pattern DOUBLE_QUOTE = Pattern.compile("[\\u201c-\\u201f]");
    private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");
    private static final Pattern CONTROL =
            Pattern.compile(
                    "[\\x00-\\x08\\x0b\\x0e-\\x1f\\x7f\\u206a-\\u206f\\ufeff\\ufff9-\\ufffc]+");

    /** Latin ligatures and digraphs, and characters of unusual width, to what they stand for. */
    private static final Map<Character, String> PLAIN_FORMS = plainForms();

    private TextCleaner() {}

    /**
     * The cleaned text.
     *
     * @param text any string, lone surrogates included
     * @return lower-case text with single blanks between words and none at the ends, maybe empty
     */
    public static String clean(String text) {
        String repaired = repair(text);
        String unescaped = HtmlEntities.unescape(HtmlEntities.unescape(repaired));
        String collapsed = WHITE_SPACE.matcher(UnicodeText.strip(unescaped)).replaceAll(" ");
        return UnicodeText.lowerCase(UnicodeText.strip(collapsed));
    }

    /** The text as it was meant to be, line by line: {@code ftfy.fix_text}. */
    static String repair(String text) {
        StringBuilder repaired = new StringBuilder(text.length());
        // From the first line with a "<" on, the text counts as HTML and keeps its references.
        boolean unescape = true;
        int at = 0;
        while (at < text.length()) {
            int lineFeed = text.indexOf('\n', at);
            int end = lineFeed < 0 ? text.length() : lineFeed + 1;
            if (text.codePointCount(at, end) > MAX_SEGMENT_CODE_POINTS) {
                end = text.offsetByCodePoints(at, MAX_SEGMENT_CODE_POINTS);
            }
            String segment = text.substring(at, end);
            unescape &= segment.indexOf('<') < 0;
            repaired.append(repairSegment(segment, unescape));
            at = end;
        }
        return repaired.toString();
    }

    private static String repairSegment(String text, boolean unescape) {
        String before;
        do {
            before = text;
            if (unescape) {
                text = HtmlEntities.unescapeCautiously(text);
            }
            if (!isAscii(text)) {
                text = repairBeyondAscii(text);
            }
            text = LINE_BREAK.matcher(text).replaceAll("\n");
            text = LONE_SURROGATE.matcher(text).replaceAll("\ufffd");
            text = TERMINAL_ESCAPE.matcher(text).replaceAll("");
            text = CONTROL.matcher(text).replaceAll("");
            text = Normalizer.normalize(text, Normalizer.Form.NFC);
        } while (!text.equals(before));
        return text;
    }

    private static String repairBeyondAscii(String text) {
        String decoded = Mojibake.replaceC1Controls(Mojibake.repair(text));
        String plain = replacePlainForms(decoded);
        String uncurled = DOUBLE_QUOTE.matcher(plain).replaceAll("\"");
        return SINGLE_QUOTE.matcher(uncurled).replaceAll("'");
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static String replacePlainForms(String text) {
        StringBuilder replaced = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            String plain = PLAIN_FORMS.get(c);
            if (plain == null) {
                replaced.append(c);
            } else {
                replaced.append(plain);
            }
        }
        return replaced.toString();
    }

    private static Map<Character, String> plainForms() {
        Map<Character, String> forms = new HashMap<>();
        String ligatures =
                "ĲIJ ĳij ŉ\u02bcn ǱDZ ǲDz ǳdz ǄDŽ ǅDž ǆdž ǇLJ ǈLj ǉlj ǊNJ ǋNj ǌnj"
                        + " \ufb00ff \ufb01fi \ufb02fl \ufb03ffi \ufb04ffl \ufb05ſt \ufb06st";
        for (String entry : ligatures.split(" ", -1)) {
            forms.put(entry.charAt(0), entry.substring(1));
        }
        forms.put('\u3000', " ");
        for (char c = '\uff01'; c < '\ufff0'; c++) {
            String standard = Normalizer.normalize(String.valueOf(c), Normalizer.Form.NFKC);
            if (!standard.equals(String.valueOf(c))) {
                forms.put(c, standard);
            }
        }
        return forms;
    }
}
