package javigate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.imageio.ImageIO;
import javigate.eval.Evaluation;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** The page as such: whole, safe, alone. */
class EvalReportTest {

    @TempDir static Path folder;
    private static ReportPage page;

    @BeforeAll
    static void write() throws Exception {
        page = ReportPage.write(folder);
    }

    @Test
    void everySectionIsThereAndLinked() {
        for (String id :
                List.of(
                        "metrics",
                        "recall",
                        "ranks",
                        "gates",
                        "hardest",
                        "sound",
                        "side-by-side")) {
            assertNotNull(ReportPage.section(page.document(), id), id);
            assertFalse(
                    ReportPage.within(page.section(id), "p", "words").isEmpty(),
                    id + " says how it is read");
        }
        List<String> links =
                ReportPage.all(page.document(), "a").stream()
                        .map(a -> a.getAttribute("href"))
                        .toList();
        List<String> sections =
                ReportPage.all(page.document(), "section").stream()
                        .map(s -> "#" + s.getAttribute("id"))
                        .toList();
        assertEquals(sections, links);
        Set<String> ids = new HashSet<>();
        for (Element element : ReportPage.all(page.document(), "*")) {
            String id = element.getAttribute("id");
            assertTrue(id.isEmpty() || ids.add(id), id + " twice");
        }
    }

    @Test
    void nothingComesFromElsewhereOrRuns() {
        for (Element element : ReportPage.all(page.document(), "*")) {
            assertFalse(
                    Set.of("script", "link", "iframe", "object").contains(element.getTagName()));
            for (int i = 0; i < element.getAttributes().getLength(); i++) {
                String name = element.getAttributes().item(i).getNodeName();
                String value = element.getAttributes().item(i).getNodeValue();
                assertFalse(name.startsWith("on"), name);
                if (Set.of("src", "href", "xlink:href", "srcset", "style").contains(name)) {
                    assertTrue(
                            value.startsWith("data:image/jpeg;base64,") || value.startsWith("#"));
                }
            }
        }
        String withoutPictures = page.text().replaceAll("base64,[A-Za-z0-9+/=]+", "");
        assertFalse(withoutPictures.contains("//"), "URL");
        String style = ReportPage.all(page.document(), "style").getFirst().getTextContent();
        assertFalse(style.contains("@import"));
        assertTrue(page.text().contains(style), "a style sheet is not escaped in HTML");
        assertTrue(page.text().contains("default-src 'none'"));
    }

    @Test
    void captionsAndNamesAreNoMarkup() {
        assertTrue(
                page.text()
                        .contains(
                                "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; a lone"));
        String shown = ReportPage.HOSTILE.replace('\ud800', '\ufffd');
        assertTrue(
                ReportPage.all(page.document(), "h3").stream()
                        .anyMatch(h3 -> h3.getTextContent().equals(shown)));
        assertTrue(
                ReportPage.all(page.document(), "h1")
                        .getFirst()
                        .getTextContent()
                        .contains("tiny <b>"));
        assertTrue(page.section("recall").getTextContent().contains("no \"gate\""));
    }

    @Test
    void picturesAreThoseOfTheClips() throws Exception {
        List<Element> pictures = ReportPage.all(page.document(), "img");
        assertTrue(pictures.size() > 20, pictures.size() + " pictures");
        for (Element picture : pictures) {
            String source = picture.getAttribute("src");
            byte[] bytes = Base64.getDecoder().decode(source.substring(source.indexOf(',') + 1));
            BufferedImage image =
                    Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(bytes)));
            assertEquals(96, image.getHeight());
            assertEquals(3 * 96 + 2 * 2, image.getWidth());
            assertTrue(bytes.length < 15_000, bytes.length + " bytes");
            int[] grey = new int[3];
            for (int i = 0; i < 3; i++) {
                grey[i] = image.getRGB(48 + 98 * i, 48) & 0xFF;
            }
            assertTrue(grey[0] < grey[1] && grey[1] < grey[2], "the clips grow lighter");
            assertEquals(20, grey[0], 12);
        }
    }

    @Test
    void threeFramesSpreadOverTheClip() {
        assertEquals(List.of(0), list(FilmStrips.frames(1)));
        assertEquals(List.of(0, 1), list(FilmStrips.frames(2)));
        assertEquals(List.of(0, 1, 2), list(FilmStrips.frames(3)));
        assertEquals(List.of(0, 4, 7), list(FilmStrips.frames(8)));
    }

    @Test
    void aModelThatDoesNotListenHasNeitherGatesNorSound() throws Exception {
        Evaluation deaf = ReportPage.evaluation(page.evaluation().manifest(), 3, 0);
        String html =
                page.html(
                        new EvalReport(
                                Map.of("model", "deaf"), deaf, Map.of(), ReportPage.BOOTSTRAP));
        Document document = ReportPage.parse(html);
        assertEquals(
                List.of("metrics", "recall", "ranks", "hardest", "side-by-side"),
                ReportPage.all(document, "section").stream()
                        .map(s -> s.getAttribute("id"))
                        .toList());
        assertFalse(html.contains("without sound") || html.contains("NaN"), "of no meaning here");
    }

    private static List<Integer> list(int[] values) {
        return Arrays.stream(values).boxed().toList();
    }
}
