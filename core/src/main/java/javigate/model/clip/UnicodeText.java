package javigate.model.clip;

/**
 * Text rules of the language the reference is written in, where Java's own differ: which characters
 * are blank, how a string is stripped, how it is lower-cased (Unicode Standard, sections 3.13 and
 * 4.2, SpecialCasing.txt).
 */
final class UnicodeText {
    /** The characters of the Unicode property White_Space, as the inside of a regex class. */
    static final String WHITE_SPACE =
            "\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";

    /** White_Space and the four separators U+001C to U+001F, as the inside of a regex class. */
    static final String BLANK = WHITE_SPACE + "\u001c-\u001f";

    /** Word_Break = MidLetter, MidNumLet or Single_Quote: ignorable around a sigma. */
    private static final String MID_WORD_MARKS =
            "'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a";

    private UnicodeText() {}

    /** Whether stripping removes this character: White_Space or one of U+001C to U+001F. */
    static boolean isBlank(int c) {
        return switch (c) {
            case ' ', 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 -> true;
            default ->
                    (c >= 0x09 && c <= 0x0d)
                            || (c >= 0x1c && c <= 0x1f)
                            || (c >= 0x2000 && c <= 0x200a);
        };
    }

    /** General category L or N. */
    static boolean isLetterOrNumber(int c) {
        return switch (Character.getType(c)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
                    true;
            default -> Character.isLetter(c);
        };
    }

    /** The text without the blanks at both ends. */
    static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isBlank(text.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /**
     * Full lower-casing, independent of language. Java's own looks for the end of a word with a
     * word breaker and so disagrees with the standard about some final sigmas.
     */
    static String lowerCase(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            switch (c) {
                case 'Σ' -> lower.append(isFinalSigma(text, i) ? 'ς' : 'σ');
                case 'İ' -> lower.append("i\u0307");
                default -> lower.appendCodePoint(Character.toLowerCase(c));
            }
            i = next;
        }
        return lower.toString();
    }

    /** Condition Final_Sigma: a cased letter before, none after, ignorable characters aside. */
    private static boolean isFinalSigma(String text, int at) {
        int before = at;
        int c = ' ';
        do {
            if (before == 0) {
                return false;
            }
            c = text.codePointBefore(before);
            before -= Character.charCount(c);
        } while (isCaseIgnorable(c));
        if (!isCased(c)) {
            return false;
        }
        int after = at + 1;
        while (after < text.length()) {
            c = text.codePointAt(after);
            if (!isCaseIgnorable(c)) {
                return !isCased(c);
            }
            after += Character.charCount(c);
        }
        return true;
    }

    private static boolean isCased(int c) {
        return Character.isLowerCase(c) || Character.isUpperCase(c) || Character.isTitleCase(c);
    }

    private static boolean isCaseIgnorable(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.FORMAT,
                    Character.MODIFIER_LETTER,
                    Character.MODIFIER_SYMBOL ->
                    true;
            default -> MID_WORD_MARKS.indexOf(c) >= 0;
        };
    }
}
