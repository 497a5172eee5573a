package javigate.model.clip;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Undoes a wrong decoding: text that was UTF-8 and was read in a single-byte encoding, as a whole
 * or in places, is read again as UTF-8. Behaves as {@code fix_encoding} of ftfy 6.3.1.
 */
final class Mojibake {
    private static final Pattern C1_CONTROL = Pattern.compile("[\\x80-\\x9f]");

    private static final Charset STRICT_WINDOWS_1252 = Charset.forName("windows-1252");

    /** UTF-8 in which a blank took the place of byte A0; only where the result is likely meant. */
    private static final Pattern BLANKED_UTF8 =
            Pattern.compile(
                    """
                    [\\xc2\\xc3\\xc5\\xce\\xd0\\xd9][\\x20]
                    |[\\xe2\\xe3][\\x20][\\x80-\\x84\\x86-\\x9f\\xa1-\\xbf]
                    |[\\xe0-\\xe3][\\x80-\\x84\\x86-\\x9f\\xa1-\\xbf][\\x20]
                    |\\xf0[\\x20][\\x80-\\xbf]{2}
                    |\\xf0[\\x80-\\xbf][\\x20][\\x80-\\xbf]
                    |\\xf0[\\x80-\\xbf]{2}[\\x20]
                    """,
                    Pattern.COMMENTS);

    /** The word "à" keeps its own blank, except in the Portuguese às, àquele, àquela, àquilo. */
    private static final Pattern BLANKED_A_GRAVE =
            Pattern.compile("\\xc3 (?! |quele|quela|quilo|s )");

    /** UTF-8 and CESU-8 with lost bytes (1A), or with one question mark in a byte's place. */
    private static final Pattern LOSSY_UTF8 =
            Pattern.compile(
                    """
                    [\\xc2-\\xdf]\\x1a
                    |[\\xc2\\xc3][?]
                    |\\xed[\\xa0-\\xaf][\\x1a?]\\xed[\\xb0-\\xbf][\\x1a?\\x80-\\xbf]
                    |\\xed[\\xa0-\\xaf][\\x1a?\\x80-\\xbf]\\xed[\\xb0-\\xbf][\\x1a?]
                    |[\\xe0-\\xef][\\x1a?][\\x1a\\x80-\\xbf]
                    |[\\xe0-\\xef][\\x1a\\x80-\\xbf][\\x1a?]
                    |[\\xf0-\\xf4][\\x1a?][\\x1a\\x80-\\xbf]{2}
                    |[\\xf0-\\xf4][\\x1a\\x80-\\xbf][\\x1a?][\\x1a\\x80-\\xbf]
                    |[\\xf0-\\xf4][\\x1a\\x80-\\xbf]{2}[\\x1a?]
                    |\\x1a
                    """,
                    Pattern.COMMENTS);

    /** U+FFFD in UTF-8, as chars 0 to 255. */
    private static final String UTF8_OF_UNKNOWN = "\u00ef\u00bf\u00bd";

    /** Continuation characters that often stand for themselves beside mojibake. */
    private static final String PLAIN_PUNCTUATION =
            "\u2013\u2014\u2015\u2018\u2019\u201a\u201c\u201d\u201e\u2022\u2026";

    /** Characters that are a lead byte of 2, 3 or 4, or a further byte, in Latin-1 or Windows. */
    private static final BitSet FIRST_OF_2 = charactersOf(0xc2, 0xdf);

    private static final BitSet FIRST_OF_3 = charactersOf(0xe0, 0xef);
    private static final BitSet FIRST_OF_4 = charactersOf(0xf0, 0xf0);
    private static final BitSet CONTINUATION = charactersOf(0x80, 0xbf);
    private static final BitSet STRICT_CONTINUATION = charactersOf(0x80, 0xbf);

    static {
        FIRST_OF_4.or(charactersOf(0xf3, 0xf3));
        CONTINUATION.set(' ');
        PLAIN_PUNCTUATION.chars().forEach(STRICT_CONTINUATION::clear);
    }

    private Mojibake() {}

    /** The text as it was meant, or unchanged where nothing shows that it was misread. */
    static String repair(String text) {
        String before;
        do {
            before = text;
            text = repairOnce(text);
        } while (!text.equals(before));
        return text;
    }

    /** C1 control characters become what Windows-1252 has in their place. */
    static String replaceC1Controls(String text) {
        Matcher control = C1_CONTROL.matcher(text);
        return control.find()
                ? control.replaceAll(found -> ByteEncoding.WINDOWS_1252.decode(found.group()))
                : text;
    }

    private static String repairOnce(String text) {
        if (text.chars().allMatch(c -> c < 128) || !MojibakeSigns.isIn(text)) {
            return text;
        }
        for (ByteEncoding encoding : ByteEncoding.ALL) {
            String decoded = readAgain(text, encoding);
            if (decoded != null) {
                return decoded;
            }
        }
        String inPlaces = repairInPlaces(text);
        if (!inPlaces.equals(text)) {
            return inPlaces;
        }
        String bytes = ByteEncoding.LATIN_1.encode(text);
        if (bytes != null) {
            String windows = ByteEncoding.decodeStrictly(bytes, STRICT_WINDOWS_1252);
            if (windows != null && !windows.equals(text)) {
                return windows;
            }
        }
        return replaceC1Controls(text);
    }

    /** The text's bytes in the encoding, decoded as UTF-8; null where either does not work. */
    private static @Nullable String readAgain(String text, ByteEncoding encoding) {
        String bytes = encoding.encode(text);
        if (bytes == null) {
            return null;
        }
        if (!encoding.equals(ByteEncoding.MAC_ROMAN) && BLANKED_UTF8.matcher(bytes).find()) {
            bytes = restoreNoBreakSpaces(bytes);
        }
        if (encoding.isSloppy()) {
            bytes = LOSSY_UTF8.matcher(bytes).replaceAll(UTF8_OF_UNKNOWN);
        }
        boolean variant = bytes.indexOf(0xed) >= 0 || bytes.indexOf(0xc0) >= 0;
        return variant
                ? ByteEncoding.decodeUtf8Variants(bytes)
                : ByteEncoding.decodeStrictly(bytes, StandardCharsets.UTF_8);
    }

    private static String restoreNoBreakSpaces(String bytes) {
        String withWords = BLANKED_A_GRAVE.matcher(bytes).replaceAll("\u00c3\u00a0 ");
        return BLANKED_UTF8
                .matcher(withWords)
                .replaceAll(found -> found.group().replace(' ', '\u00a0'));
    }

    /** Repairs runs that look like UTF-8, where no single encoding explains the whole text. */
    private static String repairInPlaces(String text) {
        StringBuilder repaired = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            // Within a longer garble a few repaired characters would make it worse.
            boolean inGarble = at > 0 && STRICT_CONTINUATION.get(text.charAt(at - 1));
            int end = inGarble ? at : endOfRun(text, at);
            if (end == at) {
                repaired.append(text.charAt(at++));
                continue;
            }
            String part = text.substring(at, end);
            boolean repairable = part.length() < text.length() && MojibakeSigns.isIn(part);
            repaired.append(repairable ? repair(part) : part);
            at = end;
        }
        return repaired.toString();
    }

    /** Where the run of UTF-8 bytes, each read as a character, ends that starts at {@code from}. */
    private static int endOfRun(String text, int from) {
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at);
            int length;
            if (FIRST_OF_2.get(c) && continues(text, at, 2)) {
                length = 2;
            } else if (FIRST_OF_3.get(c) && continues(text, at, 3)) {
                length = 3;
            } else if (FIRST_OF_4.get(c) && continues(text, at, 4)) {
                length = 4;
            } else {
                break;
            }
            at += length;
        }
        return at;
    }

    private static boolean continues(String text, int at, int length) {
        for (int i = at + 1; i < at + length; i++) {
            if (i >= text.length() || !CONTINUATION.get(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static BitSet charactersOf(int firstByte, int lastByte) {
        BitSet characters = new BitSet();
        for (ByteEncoding encoding : ByteEncoding.ALL) {
            if (encoding.isSloppy() || encoding.equals(ByteEncoding.LATIN_1)) {
                for (int b = firstByte; b <= lastByte; b++) {
                    characters.set(encoding.decode(Character.toString(b)).charAt(0));
                }
            }
        }
        return characters;
    }
}
