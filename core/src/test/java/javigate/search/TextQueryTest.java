package javigate.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import javigate.search.TextQuery.Term;
import org.junit.jupiter.api.Test;

class TextQueryTest {
    private static List<Term> terms(String query) {
        return TextQuery.parse(query).terms();
    }

    @Test
    void aSentenceIsOneTermWhateverItsSigns() {
        for (String sentence :
                List.of(
                        "a dog barks off-screen",
                        "he says \"hello\" - twice",
                        "2^x, x^y and ^3",
                        "it's 5 -",
                        "a blackboard that says \"E=mc^2\"",
                        "a room of 20 m^2, empty",
                        "the graph of x^2+y^2",
                        "10^-3 metres",
                        "a man says -^_^- hello",
                        "a sign -\"",
                        "a sunset -> a beach",
                        "5 €",
                        "🐶",
                        "语")) {
            assertEquals(List.of(new Term(sentence, 1)), terms(sentence));
        }
        assertEquals(List.of(new Term("a b", 1)), terms("  a \t b "));
    }

    @Test
    void signsAndWeightsMakeTermsOfTheirOwn() {
        assertEquals(
                List.of(new Term("a dog barking", 1), new Term("person", -0.5)),
                terms("a dog -person barking"));
        assertEquals(
                List.of(
                        new Term("a street", 1),
                        new Term("a man talks", -0.5),
                        new Term("rain", 2),
                        new Term("car horns", 0.25)),
                terms("a street -\"a man talks\" rain^2 \"car horns\"^0.25"));
        assertEquals(List.of(new Term("rain", 2)), terms("rain^2"));
        assertEquals(List.of(new Term("rain", 2), new Term("snow", 2)), terms("rain^2 + snow^2"));
        assertEquals(
                List.of(
                        new Term("a street", 1),
                        new Term("a man talks", -2),
                        new Term("rain", -0.25)),
                terms("a street -\"a man talks\"^2 -rain^0.25"));
        assertEquals(
                List.of("the dog rain"), List.of(TextQuery.parse("the dog -cat rain^2").words()));
    }

    @Test
    void whatWantsNothingIsRefused() {
        for (String query :
                List.of(
                        " ",
                        "-dog",
                        "dog^0",
                        "dog^1000",
                        "a".repeat(2001),
                        "a dog^-1",
                        "a -dog^x",
                        "a -\"b c\"^x",
                        "a -\"b",
                        "a dog^+2",
                        "???",
                        "-",
                        "\"\"",
                        "rain -^2")) {
            assertThrows(IllegalArgumentException.class, () -> TextQuery.parse(query));
        }
    }

    @Test
    void equalTextsAreEncodedOnceAndTooManyAreRefused() {
        String most = "rain^2 ".repeat(TextQuery.MAX_TERMS);
        List<String> encoded = new ArrayList<>();
        TextQuery.parse(most)
                .vector(
                        text -> {
                            encoded.add(text);
                            return new float[] {1, 2};
                        });
        assertEquals(List.of("rain"), encoded);
        String said =
                String.valueOf(
                        assertThrows(
                                        IllegalArgumentException.class,
                                        () -> TextQuery.parse(most + "-dog"))
                                .getMessage());
        assertEquals("a query of 17 weighted texts; at most 16 are allowed", said);
    }

    @Test
    void textsThatCancelEachOtherOutAreRefused() {
        for (String query : List.of("\"rain\"^0.5 -rain", "a^0.5 -b")) { // b lies along a
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            TextQuery.parse(query)
                                    .vector(
                                            text ->
                                                    text.equals("b")
                                                            ? new float[] {0.3f, 0.6f}
                                                            : new float[] {0.1f, 0.2f}));
        }
    }

    @Test
    void theVectorIsTheWeightedSumOfUnitVectors() {
        TextQuery query = TextQuery.parse("x y^3 -z");
        float[] vector =
                query.vector(
                        text ->
                                switch (text) {
                                    case "x" -> new float[] {2, 0, 0};
                                    case "y" -> new float[] {0, 0.1f, 0};
                                    default -> new float[] {0, 3, 4};
                                });
        assertArrayEquals(new float[] {1, 3 - 0.3f, -0.4f}, vector, 1e-6f);
        float[] own = {5, 0};
        assertArrayEquals(own, TextQuery.parse("one sentence").vector(_ -> own));
    }
}
