package javigate.model.clip;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A single-byte encoding that text may have been misread in. Bytes are held in strings of chars 0
 * to 255, so that patterns can search them.
 *
 * <p>A "sloppy" encoding follows what programs do rather than the standard: bytes without a meaning
 * stand for the control character of the same number, and U+FFFD becomes byte 0x1A, the mark of a
 * lost byte.
 */
final class ByteEncoding {
    static final ByteEncoding LATIN_1 = new ByteEncoding("ISO-8859-1", false);
    static final ByteEncoding WINDOWS_1252 = new ByteEncoding("windows-1252", true);

    /** Has an en dash where others have a lead byte: no place to look for lost no-break spaces. */
    static final ByteEncoding MAC_ROMAN = new ByteEncoding("x-MacRoman", false);

    /** In the order in which they are tried. */
    static final List<ByteEncoding> ALL =
            List.of(
                    LATIN_1,
                    WINDOWS_1252,
                    new ByteEncoding("windows-1251", true),
                    new ByteEncoding("windows-1250", true),
                    new ByteEncoding("windows-1253", true),
                    new ByteEncoding("windows-1254", true),
                    new ByteEncoding("windows-1257", true),
                    new ByteEncoding("ISO-8859-2", false),
                    MAC_ROMAN,
                    new ByteEncoding("IBM437", false));

    private static final char LOST = 0x1a;

    /** A six-byte surrogate pair; "$" is Python's: before a last line feed, too. */
    private static final Pattern SURROGATE_BYTES =
            Pattern.compile(
                    "\u00ed([\u00a0-\u00af]|$)([\u0080-\u00bf]|$)(\u00ed|$)([\u00b0-\u00bf]|$)([\u0080-\u00bf]|$)"
                            .replace("$", "(?=\\n?\\z)"));

    private static final Pattern VARIANT =
            Pattern.compile(
                    "\u00c0(?:\u0080|$)|\u00ed(?:[\u00a0-\u00bf]|$)(?:[\u0080-\u00bf]|$)"
                            .replace("$", "(?=\\n?\\z)"));

    private final boolean sloppy;
    private final char[] chars = new char[256];
    private final Map<Character, Character> bytes = new HashMap<>();

    private ByteEncoding(String charset, boolean sloppy) {
        this.sloppy = sloppy;
        byte[] upper = new byte[128];
        for (int i = 0; i < 128; i++) {
            upper[i] = (byte) (128 + i);
        }
        // Only the upper half is asked for: below it, all of them are ASCII.
        CharBuffer decoded = Charset.forName(charset).decode(ByteBuffer.wrap(upper));
        for (char b = 0; b < 256; b++) {
            char c = b < 128 ? b : decoded.get(b - 128);
            if (sloppy) {
                c = b == LOST ? '\ufffd' : c == '\ufffd' ? b : c;
            }
            chars[b] = c;
            bytes.put(c, b);
        }
    }

    boolean isSloppy() {
        return sloppy;
    }

    /** The bytes of the text, or null where one of its characters has none in this encoding. */
    @Nullable String encode(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            Character b = bytes.get(text.charAt(i));
            if (b == null) {
                return null;
            }
            encoded.append(b.charValue());
        }
        return encoded.toString();
    }

    /** The text that chars 0 to 255, taken as bytes, stand for in this encoding. */
    String decode(String bytes) {
        StringBuilder decoded = new StringBuilder(bytes.length());
        for (int i = 0; i < bytes.length(); i++) {
            decoded.append(chars[bytes.charAt(i)]);
        }
        return decoded.toString();
    }

    /** The bytes in a charset, none of them without a meaning there; null where one has none. */
    static @Nullable String decodeStrictly(String bytes, Charset charset) {
        try {
            return charset.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return null; // No failure: the caller asks whether the bytes are of this charset.
        }
    }

    /**
     * UTF-8 in which a character beyond U+FFFF may be a pair of encoded surrogates (CESU-8) and
     * U+0000 the bytes C0 80 (Java's modified UTF-8); null where the bytes are neither.
     */
    static @Nullable String decodeUtf8Variants(String bytes) {
        StringBuilder decoded = new StringBuilder(bytes.length());
        int at = 0;
        while (at < bytes.length()) {
            var variant = VARIANT.matcher(bytes).region(at, bytes.length());
            int end = variant.find() ? variant.start() : bytes.length();
            if (end > at) {
                String plain = decodeStrictly(bytes.substring(at, end), StandardCharsets.UTF_8);
                if (plain == null) {
                    return null;
                }
                decoded.append(plain);
                at = end;
            } else if (bytes.charAt(at) == 0xc0 && bytes.length() - at > 1) {
                decoded.append('\0');
                at += 2;
            } else if (bytes.length() - at >= 6
                    && SURROGATE_BYTES.matcher(bytes).region(at, bytes.length()).lookingAt()) {
                decoded.appendCodePoint(0x10000 + surrogateBits(bytes, at));
                at += 6;
            } else {
                return null;
            }
        }
        return decoded.toString();
    }

    private static int surrogateBits(String bytes, int at) {
        return ((bytes.charAt(at + 1) & 0x0f) << 16)
                + ((bytes.charAt(at + 2) & 0x3f) << 10)
                + ((bytes.charAt(at + 4) & 0x0f) << 6)
                + (bytes.charAt(at + 5) & 0x3f);
    }
}
