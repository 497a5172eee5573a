package javigate.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javigate.index.LateInteractionScore;
import javigate.model.avigate.AvigateConfig;
import javigate.model.avigate.TinyAvigate;
import org.junit.jupiter.api.Test;

class RetrievalModelTest {

    /** More texts and clips than are scored at once, of any number of frames. */
    @Test
    void scoresAreThoseOfTheStoredFrames() {
        Random random = new Random(1);
        try (RetrievalModel model = TinyAvigate.model(AvigateConfig::paper, 1)) {
            List<float[]> texts = new ArrayList<>();
            for (int t = 0; t < 70; t++) {
                texts.add(vector(random, model.width()));
            }
            List<ClipTokens> clips = new ArrayList<>();
            for (int v = 0; v < 130; v++) {
                float[][] frames = new float[1 + random.nextInt(6)][];
                for (int f = 0; f < frames.length; f++) {
                    frames[f] = vector(random, model.width());
                }
                clips.add(ClipTokens.ofFrames(frames));
            }
            double[][] scores = model.score(texts, clips);
            assertEquals(70, scores.length);
            for (int t = 0; t < 70; t++) {
                assertEquals(130, scores[t].length);
                for (int v = 0; v < 130; v++) {
                    assertEquals(
                            LateInteractionScore.of(
                                            clips.get(v).frames(),
                                            texts.get(t),
                                            model.alpha(),
                                            model.localWeight())
                                    .score(),
                            scores[t][v],
                            1e-6);
                }
            }
        }
    }

    @Test
    void whatIsLeftOutOfALongCaptionChangesNothing() {
        try (RetrievalModel model = TinyAvigate.model(AvigateConfig::paper, 1)) {
            assertEquals("", model.unread("a dog"));
            assertEquals("", model.unread(" "));
            for (String word : List.of(" dog", "  unpronounceable,", "\ta-b-c")) {
                String caption = "a cat" + word.repeat(100);
                String rest = model.unread(caption);
                assertTrue(caption.endsWith(rest) && !rest.isEmpty(), rest);
                String read = caption.substring(0, caption.length() - rest.length()).strip();
                assertEquals("", model.unread(read));
                String next = rest.split("\\s", 2)[0];
                assertEquals(next, model.unread(read + " " + next));
                assertFalse(Arrays.equals(model.embedText(read), model.embedText("a cat" + word)));
            }
            String fits = "a dog barks";
            String tooLong = fits + " a".repeat(300); // one token each
            String rest = model.unread(tooLong);
            String read = tooLong.substring(0, tooLong.length() - rest.length());
            assertArrayEquals(model.embedText(read), model.embedText(tooLong));
        }
    }

    private static float[] vector(Random random, int width) {
        float[] vector = new float[width];
        for (int i = 0; i < width; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }
}
