package javigate.model.clip;

import java.util.regex.Pattern;

/**
 * Neighbours that hardly ever stand together in meant text, but do where UTF-8 was read as a
 * single-byte encoding: ftfy 6.3.1's heuristic "badness" (Robyn Speer, Apache License 2.0), its
 * classes of characters and its rules as data. Each class is the inside of a regex class.
 */
final class MojibakeSigns {
    private static final String CONTROL = "\\x80-\\x9f";
    private static final String COMMON = "\\xa0\\xad\u00b4·\u2013-\u2015\u2019…";
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

    private static final String ACCENTED = LOWER_ACCENTED + UPPER_ACCENTED;
    private static final String PUNCTUATION = OPENING + CLOSING;
    private static final String UNUSUAL = ACCENTED + BOX + PUNCTUATION + CURRENCY + NUMERIC + LAW;

    /** Windows-1252 and its kin: rules that hold between whole classes. */
    private static final String[] BETWEEN_CLASSES = {
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
        sequence(ACCENTED, PUNCTUATION, "\\p{L}\\p{N}_"),
    };

    /** Sequences known from particular encodings. */
    private static final String[] PARTICULAR = {
        // A ligature that no plain letter follows; a degree after a capital.
        sequence("Œœ", "^A-Za-z"),
        sequence(UPPER_ACCENTED, "°"),
        // Windows-1252: Latin, times sign, Arabic (two pairs, as they are common), South Asian.
        sequence("ÂÃÎÐ", "€œŠš¢£Ÿž\\xa0\\xad®©°·»\u2013\u2014\u00b4" + PUNCTUATION),
        sequence("×", "²³"),
        "(?:" + sequence("ØÙ", COMMON + CURRENCY + BAD + NUMERIC + OPENING + "ŸŠ®°µ»") + "){2}",
        sequence("à", "²µ¹¼½¾"),
        // Mac Roman.
        sequence("√", "±∂†≠®™\u00b4≤≥¥µø"),
        sequence("≈", "°¢"),
        sequence("\u201a", "Ä", "ìîïòôúùû†°¢π"),
        sequence("\u201a", "âó", "àä°ê"),
        // Windows-1251: punctuation, Latin-1 or Cyrillic in it, and twice misread punctuation.
        "вЂ",
        sequence("ВГРС", CONTROL + BAD + PUNCTUATION + CURRENCY + "°µ", "ВГРС"),
        "ГўВЂВ[^\\n][A-Za-z ]",
        // Windows-1252: à, á and the no-break space, also where that became a blank.
        sequence("Ã", "\\xa0¡"),
        "[a-z][" + UnicodeText.BLANK + "]?[ÃÂ] ",
        "\\A[ÃÂ] ",
        sequence("a-z.,?!" + CLOSING, "Â", " " + PUNCTUATION),
        // Windows-1253: punctuation, and Latin-1 or Greek.
        sequence("β", "€", "™\\xa0Ά\\xad®°"),
        sequence("ΒΓΞΟ", CONTROL + BAD + PUNCTUATION + CURRENCY + "°", "ΒΓΞΟ"),
        // Windows-1257: punctuation.
        "ā€",
    };

    private static final Pattern SIGN =
            Pattern.compile(String.join("|", BETWEEN_CLASSES) + "|" + String.join("|", PARTICULAR));

    private MojibakeSigns() {}

    /** Whether the text holds at least one such sequence. */
    static boolean isIn(String text) {
        return SIGN.matcher(text).find();
    }

    private static String sequence(String... classes) {
        return "[" + String.join("][", classes) + "]";
    }
}
