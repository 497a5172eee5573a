package javigate.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreSummaryTest {

    @Test
    void threadsTogetherSeeWhatOneSees() {
        Random random = new Random(1);
        ScoreSummary.Accumulator one = new ScoreSummary.Accumulator();
        ScoreSummary.Accumulator[] three = new ScoreSummary.Accumulator[3];
        for (int i = 0; i < three.length; i++) {
            three[i] = new ScoreSummary.Accumulator();
        }
        double sum = 0;
        for (int i = 0; i < 1000; i++) {
            double score = random.nextDouble() - 0.2;
            sum += score;
            one.add(score);
            three[random.nextInt(2)].add(score); // the third thread gets nothing
        }
        three[2].addAll(three[0]);
        three[2].addAll(three[1]);
        assertEquals(1000, three[2].summary().clips());
        assertEquals(sum / 1000, one.summary().mean(), 1e-12);
        assertEquals(one.summary().mean(), three[2].summary().mean(), 1e-12);
    }

    @Test
    void anEmptyLibraryHasNoSummary() {
        assertThrows(
                IllegalArgumentException.class, () -> new ScoreSummary.Accumulator().summary());
    }

    @Test
    void aSampleIsOfEverySecondClipToo(@TempDir Path folder) throws IOException {
        LibraryModel model = new LibraryModel("tiny", "f00d", 2, 100, 0.5);
        RandomGenerator random = new SplittableRandom(7);
        try (LuceneClipStore store = LuceneClipStore.openToWrite(folder, model)) {
            for (int video = 0; video < 5; video++) {
                VideoFile file = Samples.file(random, "v" + video);
                List<StoredClip> clips = new ArrayList<>();
                for (int n = 0; n < 9000; n++) {
                    float[][] frames = {{n % 2 == 0 ? 1 : -1, 0}};
                    ClipVectors vectors =
                            new ClipVectors(frames, frames, new float[0], new float[0][]);
                    clips.add(Samples.clip(file, 1000L * n, vectors));
                }
                store.putVideo(clips);
            }
            ScoreSummary summary = store.summary(new float[] {1, 0}, Sound.WITH).orElseThrow();
            assertEquals(45_000, summary.clips());
            assertEquals(0, summary.mean(), 1e-3);
            assertEquals(1, summary.deviation(), 1e-3);
        }
    }
}
