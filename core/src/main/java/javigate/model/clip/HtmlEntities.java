package javigate.model.clip;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Character references of HTML5 (WHATWG, "named character references" and "numeric character
 * reference end state"), read in two ways: as a browser does, and cautiously.
 */
final class HtmlEntities {
    private static final Pattern REFERENCE =
            Pattern.compile("&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\\t\\n\\f <&#;]{1,32};?)");
    private static final Pattern CLOSED_REFERENCE = Pattern.compile("&#?[0-9A-Za-z]{1,24};");

    /** What a numeric reference to U+0080 to U+009F means; a hole in the code page stays itself. */
    private static final Charset WINDOWS = Charset.forName("windows-1252");

    /** Name without "&", with its semicolon where it has one, to the text it stands for. */
    private static final Map<String, String> NAMES = readNames();

    private static final Map<String, String> CAUTIOUS_NAMES = cautiousNames();

    private HtmlEntities() {}

    /**
     * Replaces references as a browser does: without a semicolon where the old names allow it, the
     * longest known name winning. References to nothing printable vanish.
     */
    static String unescape(String text) {
        if (text.indexOf('&') < 0) {
            return text;
        }
        return REFERENCE
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(meaning(found.group(1))));
    }

    /**
     * Replaces only references that end in a semicolon, and understands names of lower-case letters
     * written in capitals (an EACUTE), as long as HTML5 gives them no other meaning.
     */
    static String unescapeCautiously(String text) {
        if (text.indexOf('&') < 0) {
            return text;
        }
        return CLOSED_REFERENCE
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(cautiousMeaning(found)));
    }

    private static String cautiousMeaning(MatchResult found) {
        String reference = found.group();
        if (reference.charAt(1) == '#') {
            // A semicolon that is left over tells that only a part of it was a number.
            String meaning = unescape(reference);
            return meaning.indexOf(';') >= 0 ? reference : meaning;
        }
        return CAUTIOUS_NAMES.getOrDefault(reference.substring(1), reference);
    }

    private static String meaning(String reference) {
        if (reference.charAt(0) == '#') {
            return numeric(reference);
        }
        for (int end = reference.length(); end > 1; end--) {
            String known = NAMES.get(reference.substring(0, end));
            if (known != null) {
                return known + reference.substring(end);
            }
        }
        return "&" + reference;
    }

    private static String numeric(String reference) {
        boolean hex = reference.charAt(1) == 'x' || reference.charAt(1) == 'X';
        int radix = hex ? 16 : 10;
        int code = 0;
        for (int i = hex ? 2 : 1; i < reference.length() && reference.charAt(i) != ';'; i++) {
            code = code * radix + Character.digit(reference.charAt(i), radix);
            if (code > Character.MAX_CODE_POINT) {
                return "\ufffd";
            }
        }
        if (code == 0 || (code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE)) {
            return "\ufffd";
        }
        if (code >= 0x80 && code <= 0x9f) {
            String windows = new String(new byte[] {(byte) code}, WINDOWS);
            return windows.equals("\ufffd") ? Character.toString(code) : windows;
        }
        return isNoCharacter(code) ? "" : Character.toString(code);
    }

    /** Controls that mean nothing in HTML, and the noncharacters of Unicode. */
    private static boolean isNoCharacter(int code) {
        boolean control =
                code < 0x20 && code != '\t' && code != '\n' && code != '\f' && code != '\r';
        return control
                || code == 0x7f
                || (code >= 0xfdd0 && code <= 0xfdef)
                || (code & 0xfffe) == 0xfffe;
    }

    private static Map<String, String> readNames() {
        Map<String, String> names = new HashMap<>();
        try (InputStream in = HtmlEntities.class.getResourceAsStream("html5-entities.txt")) {
            if (in == null) {
                throw new IllegalStateException("html5-entities.txt is missing from the jar");
            }
            var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            for (@Nullable String line; (line = reader.readLine()) != null; ) {
                String[] fields = line.split(" ", -1);
                StringBuilder meaning = new StringBuilder();
                for (int i = 1; i < fields.length; i++) {
                    meaning.appendCodePoint(Integer.parseInt(fields[i], 16));
                }
                names.put(fields[0], meaning.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("html5-entities.txt in the jar cannot be read", e);
        }
        return names;
    }

    private static Map<String, String> cautiousNames() {
        Map<String, String> names = new HashMap<>();
        NAMES.forEach(
                (name, meaning) -> {
                    if (!name.endsWith(";")) {
                        return;
                    }
                    names.put(name, meaning);
                    String capitals = name.toUpperCase(Locale.ROOT);
                    String written = "&" + capitals;
                    if (name.equals(name.toLowerCase(Locale.ROOT))
                            && unescape(written).equals(written)) {
                        names.put(capitals, meaning.toUpperCase(Locale.ROOT));
                    }
                });
        return names;
    }
}
