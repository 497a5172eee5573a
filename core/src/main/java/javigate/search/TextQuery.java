package javigate.search;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What is asked for, as weighted texts. Plain words are one sentence of weight 1. {@code -person}
 * and {@code -"a person talks"} ask for less of something (weight {@value #NEGATIVE}); {@code
 * rain^2} and {@code "a bell rings"^0.5} weigh a text of their own, {@code -rain^2} one that is not
 * wanted.
 *
 * <p>The texts' unit vectors are added up by weight and searched for as one vector: the score stays
 * Eq. 9, exact search and explanation stay what they are.
 *
 * @param terms at least one of a weight above 0, at most {@value #MAX_TERMS}; the sentence first
 */
public record TextQuery(List<Term> terms) {
    /** Longest query, characters: what a model reads of it is far shorter. */
    public static final int MAX_CHARACTERS = 2000;

    /** Most texts of their own: each costs a pass of the text encoder. */
    public static final int MAX_TERMS = 16;

    /** Sums of unit vectors below this length are what rounding left. */
    private static final double NO_LENGTH = 1e-5;

    private static final double NEGATIVE = -0.5;
    private static final double MAX_WEIGHT = 100;

    /** A word or quoted words with a sign before or a weight behind. */
    private static final Pattern SPECIAL =
            Pattern.compile(
                    "(?<=^|\\s)(?:-(\"[^\"]+\"|[^\\s\"^-][^\\s^]*)(?:\\^(N))?|(\"[^\"]+\"|[^\\s\"^]+)\\^(N))(?=\\s|$)"
                            .replace("N", "[0-9]+(?:\\.[0-9]+)?"));

    /** Without one, punctuation is all there is. */
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}\\p{So}\\p{Sc}]");

    /** What was meant as a {@link #SPECIAL} and is none. */
    private static final Pattern MISTAKEN =
            Pattern.compile(
                    "(?<=^|\\s)(?:-\"\\p{L}\\S*|-\\p{L}\\S*\\^\\S*|-\\^[0-9.]+|\\p{L}[^\\s^]*\\^[-+][0-9.]+)(?=\\s|$)");

    /**
     * A part of a query.
     *
     * @param text not blank
     * @param weight not 0, -100 to 100
     */
    public record Term(String text, double weight) {
        /**
         * @throws IllegalArgumentException if a value is out of range
         */
        public Term {
            if (text.isBlank() || weight == 0 || !(Math.abs(weight) <= MAX_WEIGHT)) {
                throw new IllegalArgumentException(
                        "\"%s\" with weight %s; words and a weight other than 0, up to %.0f, are needed"
                                .formatted(text, weight, MAX_WEIGHT));
            }
        }
    }

    /** Turns a text into a vector [D]. */
    interface Encoder {
        float[] encode(String text);
    }

    /**
     * @throws IllegalArgumentException if nothing is wanted, or too much
     */
    public TextQuery {
        terms = List.copyOf(terms);
        if (terms.size() > MAX_TERMS) {
            throw new IllegalArgumentException(
                    "a query of %d weighted texts; at most %d are allowed"
                            .formatted(terms.size(), MAX_TERMS));
        }
        if (terms.stream().noneMatch(term -> term.weight() > 0)) {
            throw new IllegalArgumentException(
                    "the query says only what is not wanted; say also what is");
        }
    }

    /** The texts of its terms. */
    public List<String> texts() {
        return terms.stream().map(Term::text).toList();
    }

    /**
     * Reads a query as people write it.
     *
     * @throws IllegalArgumentException if it is blank or too long, has too many terms or some that
     *     are not understood, or says only what is not wanted
     */
    public static TextQuery parse(String query) {
        if (query.isBlank() || query.length() > MAX_CHARACTERS) {
            throw new IllegalArgumentException(
                    "a query of %d characters; it needs words, and at most %d characters"
                            .formatted(query.length(), MAX_CHARACTERS));
        }
        List<Term> special = new ArrayList<>();
        StringBuilder sentence = new StringBuilder();
        Matcher matcher = SPECIAL.matcher(query);
        while (matcher.find()) {
            String not = matcher.group(1);
            String said = not == null ? matcher.group(3) : not;
            if (!WORD.matcher(said).find()) {
                continue; // an arrow, a smile
            }
            String weight = matcher.group(2);
            special.add(
                    not == null
                            ? new Term(unquoted(said), Double.parseDouble(matcher.group(4)))
                            : new Term(
                                    unquoted(said),
                                    weight == null ? NEGATIVE : -Double.parseDouble(weight)));
            matcher.appendReplacement(sentence, "");
        }
        matcher.appendTail(sentence);
        String plain = sentence.toString().strip().replaceAll("\\s+", " ");
        Matcher mistaken = MISTAKEN.matcher(plain);
        List<Term> terms = new ArrayList<>();
        boolean words = WORD.matcher(plain).find();
        if (words) {
            terms.add(new Term(plain, 1));
        }
        terms.addAll(special);
        boolean understood = !mistaken.find();
        if (!understood || (!words && special.isEmpty())) {
            throw new IllegalArgumentException(
                    "%s is not understood; words are, and -word, -\"several words\", word^2, \"several words\"^0.5 and -word^2"
                            .formatted(understood ? plain : mistaken.group()));
        }
        return new TextQuery(terms);
    }

    private static String unquoted(String text) {
        return text.startsWith("\"") ? text.substring(1, text.length() - 1).strip() : text;
    }

    /** The words that are wanted, for searching words. */
    String words() {
        return terms.stream()
                .filter(term -> term.weight() > 0)
                .map(Term::text)
                .collect(Collectors.joining(" "));
    }

    /**
     * Σ weight · t̂ over the terms. Equal texts are encoded once.
     *
     * @return [D]
     * @throws IllegalArgumentException if the terms cancel each other out
     */
    float[] vector(Encoder encoder) {
        if (terms.size() == 1) {
            return encoder.encode(terms.getFirst().text());
        }
        Map<String, Double> weights = new LinkedHashMap<>();
        terms.forEach(term -> weights.merge(term.text(), term.weight(), Double::sum));
        double[] sum = {};
        double most = 0;
        for (Map.Entry<String, Double> term : weights.entrySet()) {
            float[] text = encoder.encode(term.getKey());
            double factor = term.getValue() / length(text);
            sum = sum.length == 0 ? new double[text.length] : sum;
            for (int i = 0; i < sum.length; i++) {
                sum[i] += factor * text[i];
            }
            most = Math.max(most, Math.abs(term.getValue()));
        }
        float[] vector = new float[sum.length];
        for (int i = 0; i < sum.length; i++) {
            vector[i] = (float) sum[i];
        }
        if (!(length(vector) > NO_LENGTH * most)) {
            throw new IllegalArgumentException(
                    "the parts of the query cancel each other out (%s); weigh them differently"
                            .formatted(this));
        }
        return vector;
    }

    private static double length(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }

    /** What was understood, where it is more than one sentence. */
    @Override
    public String toString() {
        DecimalFormat weights =
                new DecimalFormat("+0.0##;-0.0##", DecimalFormatSymbols.getInstance(Locale.ROOT));
        return terms.stream()
                .map(term -> weights.format(term.weight()) + " \"" + term.text() + '"')
                .collect(Collectors.joining(" "));
    }
}
