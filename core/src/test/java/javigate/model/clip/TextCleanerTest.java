package javigate.model.clip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextCleanerTest {

    @Test
    void cleansAsTheReferenceDoes() throws IOException {
        JsonNode golden =
                new ObjectMapper()
                        .readTree(getClass().getResourceAsStream("/goldens/text_cleaning.json"));
        List<String> wrong = new ArrayList<>();
        for (JsonNode c : golden.get("cases")) {
            String cleaned = TextCleaner.clean(c.get("text").asText());
            if (!cleaned.equals(c.get("cleaned").asText())) {
                wrong.add(c + " but here \"" + cleaned + "\"");
            }
        }
        assertTrue(golden.get("cases").size() > 300);
        assertEquals(List.of(), wrong);
    }

    @Test
    void referencesStayFromTheFirstLineOfHtmlOn() {
        assertEquals("a&b\n<i>\n&amp;", TextCleaner.repair("a&amp;b\n<i>\n&amp;"));
    }

    @Test
    void finalSigmaLooksPastMarksThatAreIgnorable() {
        assertEquals("ας.", UnicodeText.lowerCase("ΑΣ."));
        assertEquals("ας'", UnicodeText.lowerCase("ΑΣ'"));
        assertEquals("ασ'β", UnicodeText.lowerCase("ΑΣ'Β"));
        assertEquals("σ", UnicodeText.lowerCase("Σ"));
        assertEquals("i\u0307", UnicodeText.lowerCase("\u0130"));
    }

    @Test
    void everyEntityNameReadsAloneAndBeforeLetters() {
        assertEquals("¬it; & ∉", HtmlEntities.unescape("&notit; &amp &notin;"));
        assertEquals("&notit; &amp ∉", HtmlEntities.unescapeCautiously("&notit; &amp &notin;"));
        assertEquals("É SS &nTILDE;", HtmlEntities.unescapeCautiously("&EACUTE; &SZLIG; &nTILDE;"));
        assertEquals(
                "€\u0081\ufffd\ufffd\ufffd",
                HtmlEntities.unescape("&#128;&#x81;&#0;&#xD800;&#99999999999999999999;"));
        assertEquals("[]", HtmlEntities.unescape("[&#x1c;&#xfffe;&#x7F;]"));
    }

    @Test
    void cleaningTwiceChangesNoPlainText() {
        Random random = new Random(5);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(40);
            for (int i = 0; i < length; i++) {
                // Without "&", "<", controls: references unescape one level each time.
                text.append((char) (random.nextInt(8) == 0 ? ' ' : 'A' + random.nextInt(57)));
            }
            String once = TextCleaner.clean(text.toString());
            assertEquals(once, TextCleaner.clean(once));
            assertEquals(once, once.strip());
        }
    }

    @Test
    void longHostileTextNeitherOverflowsTheStackNorVanishes() {
        String mojibake = "Ð¿".repeat(100_000) + "ж";
        assertEquals("п".repeat(100_000) + "ж", TextCleaner.clean(mojibake));
        assertEquals("", TextCleaner.clean("\0".repeat(100_000)));
        assertEquals(100_000, TextCleaner.clean("&amp;amp;".repeat(100_000)).codePoints().count());
        assertEquals(1_200_000, TextCleaner.clean("x".repeat(1_200_000)).length());
    }
}
