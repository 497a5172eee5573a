package javigate.model.clip;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Neighbours that hardly ever stand together in meant text, but do where UTF-8 was read as a
 * single-byte encoding: ftfy 6.3.1's heuristic "badness" (Robyn Speer, Apache License 2.0), its
 * classes of characters and its rules as data. A class is a list of characters and ranges; "^" in
 * front means all others.
 */
final class MojibakeSigns {
    private static final String CONTROL = "\u0080-\u009f";
    private static final String COMMON = "\u00a0\u00ad\u00b4·\u2013-\u2015\u2019…";
    private static final String BAD =
            "¤¦\u00a8ª¬\u00af\u00b8ºƒ\u02c6\u02c7\u02d8\u02db\u02dc†‡‰⌐◊\ufffd";
    private static final String LAW = "§¶";
    private static final String CURRENCY = "¢£¥₧€";
    private static final String OPENING = "¡©«¿\u0384\u0385\u2018\u201a\u201c\u201e•‹\uf8ff";
    private static final String CLOSING = "®»\u02dd\u201d›™";
    private static final String NUMERIC = "±-³µ¹¼-¾×÷⁄№∂∆∏∑√∞∩∫≈≠≡≤≥";
    private static final String FACES = "°Ò-ÖÙ-Üò-öø-üŌŐŪŲ";
    private static final String UPPER_ACCENTED = "À-ÑØÜÝĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŒŘŚŞŠŢŤŮŰŸŹŻŽҐ";
    private static final String LOWER_ACCENTED = "ß-ñüāăąćčďđēėęěğģīįķĺļľłœŕśşšťźżžґ\ufb01\ufb02";
    private static final String UPPER_COMMON = "ÞΆΈ-ΊΌΎΏΑ-ΫЁ-Я";
    private static final String LOWER_COMMON = "ά-ωа-џ";
    private static final String BOX = "│┌┐┘├┤┬┼═-╬▀▄█▌▐-▓";

    /** Stands for a character's category, not for its own letters. */
    private static final String LETTERS_AND_DIGITS = "letters and digits";

    private static final String CIRCUMFLEX_OR_TILDE_A = "ÃÂ";

    private static final String ACCENTED = LOWER_ACCENTED + UPPER_ACCENTED;
    private static final String PUNCTUATION = OPENING + CLOSING;
    private static final String UNUSUAL = ACCENTED + BOX + PUNCTUATION + CURRENCY + NUMERIC + LAW;

    /** Windows-1252 and its kin: rules that hold between whole classes. */
    private static final BitSet[][] BETWEEN_CLASSES = {
        sequence(CONTROL),
        sequence(BAD + UNUSUAL, BAD),
        sequence(BAD, UNUSUAL),
        sequence("a-zA-Z", LOWER_COMMON + UPPER_COMMON, BAD),
        sequence(
                LOWER_ACCENTED + LOWER_COMMON + BOX + CLOSING + CURRENCY + NUMERIC, UPPER_ACCENTED),
        sequence(BOX + CLOSING + CURRENCY + NUMERIC, LOWER_ACCENTED),
        sequence(LOWER_ACCENTED + BOX + CLOSING, CURRENCY),
        sequence(UnicodeText.BLANK, UPPER_ACCENTED, CURRENCY),
        sequence(UPPER_ACCENTED + BOX, NUMERIC + LAW),
        sequence(ACCENTED + BOX + CURRENCY + CLOSING, OPENING, NUMERIC),
        sequence(ACCENTED + CURRENCY + NUMERIC + BOX + LAW, CLOSING, OPENING),
        sequence(CURRENCY + NUMERIC + BOX, OPENING),
        sequence("a-z", UPPER_ACCENTED, OPENING + CURRENCY),
        sequence(BOX, FACES),
        sequence(ACCENTED + CURRENCY + NUMERIC + PUNCTUATION + LAW, BOX),
        sequence(BOX, CLOSING),
        sequence(ACCENTED, PUNCTUATION, LETTERS_AND_DIGITS),
    };

    private static final String AFTER_ARABIC_LEAD =
            COMMON + CURRENCY + BAD + NUMERIC + OPENING + "ŸŠ®°µ»";

    /** Sequences known from particular encodings. */
    private static final BitSet[][] PARTICULAR = {
        // A ligature that no plain letter follows; a degree after a capital.
        sequence("Œœ", "^A-Za-z"),
        sequence(UPPER_ACCENTED, "°"),
        // Windows-1252: Latin, times sign, Arabic (two pairs, as they are common), South Asian.
        sequence("ÂÃÎÐ", "€œŠš¢£Ÿž\u00a0\u00ad®©°·»\u2013\u2014\u00b4" + PUNCTUATION),
        sequence("×", "²³"),
        sequence("ØÙ", AFTER_ARABIC_LEAD, "ØÙ", AFTER_ARABIC_LEAD),
        sequence("à", "²µ¹¼½¾"),
        // Mac Roman.
        sequence("√", "±∂†≠®™\u00b4≤≥¥µø"),
        sequence("≈", "°¢"),
        sequence("\u201a", "Ä", "ìîïòôúùû†°¢π"),
        sequence("\u201a", "âó", "àä°ê"),
        // Windows-1251: punctuation, Latin-1 or Cyrillic in it, and twice misread punctuation.
        sequence("в", "Ђ"),
        sequence("ВГРС", CONTROL + BAD + PUNCTUATION + CURRENCY + "°µ", "ВГРС"),
        sequence("Г", "ў", "В", "Ђ", "В", "^\n", "A-Za-z "),
        // Windows-1252: à, á and the no-break space, also where that became a blank.
        sequence("Ã", "\u00a0¡"),
        sequence("a-z", CIRCUMFLEX_OR_TILDE_A, " "),
        sequence("a-z", UnicodeText.BLANK, CIRCUMFLEX_OR_TILDE_A, " "),
        sequence("a-z.,?!" + CLOSING, "Â", " " + PUNCTUATION),
        // Windows-1253: punctuation, and Latin-1 or Greek.
        sequence("β", "€", "™\u00a0Ά\u00ad®°"),
        sequence("ΒΓΞΟ", CONTROL + BAD + PUNCTUATION + CURRENCY + "°", "ΒΓΞΟ"),
        // Windows-1257: punctuation.
        sequence("ā", "€"),
    };

    private static final BitSet[] AT_THE_START = sequence(CIRCUMFLEX_OR_TILDE_A, " ");

    private MojibakeSigns() {}

    /** Whether the text holds at least one such sequence. */
    static boolean isIn(String text) {
        if (isAt(text, 0, AT_THE_START)) {
            return true;
        }
        for (int i = 0; i < text.length(); i++) {
            if (isAt(text, i, BETWEEN_CLASSES) || isAt(text, i, PARTICULAR)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAt(String text, int at, BitSet[][] sequences) {
        for (BitSet[] sequence : sequences) {
            if (isAt(text, at, sequence)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAt(String text, int at, BitSet[] sequence) {
        int next = at;
        for (BitSet characters : sequence) {
            if (next >= text.length()) {
                return false;
            }
            int c = text.codePointAt(next);
            if (!characters.get(c)) {
                return false;
            }
            next += Character.charCount(c);
        }
        return true;
    }

    private static BitSet[] sequence(String... classes) {
        return Arrays.stream(classes).map(MojibakeSigns::characters).toArray(BitSet[]::new);
    }

    private static BitSet characters(String description) {
        BitSet characters = new BitSet();
        if (description.equals(LETTERS_AND_DIGITS)) {
            for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
                characters.set(c, UnicodeText.isLetterOrNumber(c) || c == '_');
            }
            return characters;
        }
        boolean others = description.charAt(0) == '^';
        for (int i = others ? 1 : 0; i < description.length(); i++) {
            boolean range = i + 2 < description.length() && description.charAt(i + 1) == '-';
            characters.set(description.charAt(i), description.charAt(range ? i + 2 : i) + 1);
            i += range ? 2 : 0;
        }
        if (others) {
            characters.flip(0, Character.MAX_CODE_POINT + 1);
        }
        return characters;
    }
}
