package javigate.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javigate.eval.QueryBank;
import javigate.index.ClipStore;
import javigate.index.ClipVectors;
import javigate.index.Description;
import javigate.index.LibraryModel;
import javigate.index.LuceneClipStore;
import javigate.index.Scope;
import javigate.index.ScoredClip;
import javigate.index.StoredClip;
import javigate.index.VideoFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubCorrectionTest {
    private static final int WIDTH = 8;
    private static final int CLIPS = 60;

    @TempDir Path folder;

    private static float[] vector(Random random) {
        float[] vector = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        vector[0] += 1; // some clips are near to many texts
        return vector;
    }

    @Test
    void ordersAsTheWholeMatrixWould() throws IOException {
        Random random = new Random(9);
        LibraryModel model = new LibraryModel("m", "f", WIDTH, 50, 0.5);
        try (ClipStore store = LuceneClipStore.openToWrite(folder, model)) {
            for (int v = 0; v < CLIPS; v++) {
                float[][] frames = {vector(random), vector(random)};
                ClipVectors vectors = new ClipVectors(frames, frames, new float[0], new float[0][]);
                String path = folder.resolve(v + ".mp4").toString();
                VideoFile file = new VideoFile(path, 1, 1, "0".repeat(64));
                store.putVideo(
                        List.of(
                                new StoredClip(
                                        file,
                                        0,
                                        9,
                                        new long[] {1, 2},
                                        vectors,
                                        "absent",
                                        List.of(),
                                        Description.NONE)));
            }
            List<float[]> bank = new ArrayList<>();
            for (int b = 0; b < 25; b++) {
                bank.add(vector(random));
            }
            HubCorrection correction = new HubCorrection(store, Scope.ALL, bank);
            int changed = 0;
            for (int q = 0; q < 30; q++) {
                List<ScoredClip> plain = store.search(vector(random), CLIPS, Scope.ALL).hits();
                List<ScoredClip> expected = oracle(store, plain, bank);
                assertEquals(expected, correction.reorder(plain));
                changed += expected.equals(plain) ? 0 : 1;
            }
            assertTrue(changed > 3 && changed < 30, changed + " of 30 changed");
        }
    }

    /** QB-Norm over all clips, as evaluation does it. */
    private static List<ScoredClip> oracle(
            ClipStore store, List<ScoredClip> clips, List<float[]> bank) throws IOException {
        QueryBank queries = new QueryBank(clips.size(), 1, 20);
        for (float[] text : bank) {
            List<ScoredClip> all = store.search(text, clips.size(), Scope.ALL).hits();
            queries.add(
                    clips.stream()
                            .mapToDouble(
                                    clip ->
                                            all.stream()
                                                    .filter(c -> c.id().equals(clip.id()))
                                                    .findFirst()
                                                    .orElseThrow()
                                                    .score())
                            .toArray());
        }
        double[] row = clips.stream().mapToDouble(ScoredClip::score).toArray();
        double[] normalised = queries.normalise(new double[][] {row})[0];
        return IntStream.range(0, row.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -normalised[i]))
                .map(clips::get)
                .toList();
    }
}
