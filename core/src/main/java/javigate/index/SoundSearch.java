package javigate.index;

import java.io.IOException;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;

/** Sounds against sounds: one cosine a clip and query, in one pass over the clips. */
final class SoundSearch {

    /** The best clips of one query so far, the worst of them first. */
    private record Best(float[] wanted, PriorityQueue<ScoredClip> clips) {
        Best(float[] soundToken) {
            this(
                    LateInteractionScore.unit(soundToken),
                    new PriorityQueue<>(ScoredClip.BEST_FIRST.reversed()));
        }

        void offer(float[] token, LeafReaderContext leaf, int document, int k) throws IOException {
            double score = LateInteractionScore.dot(token, wanted);
            if (clips.size() == k && score < clips.element().score()) {
                return;
            }
            clips.add(new ScoredClip(ClipDocument.id(leaf.reader(), document), score));
            if (clips.size() > k) {
                clips.remove();
            }
        }
    }

    private SoundSearch() {}

    /** See {@link ClipStore#searchSounds}. */
    static List<List<ScoredClip>> of(
            IndexReader reader, List<float[]> soundTokens, int k, ClipFilter filter)
            throws IOException {
        ExactSearch.requireHits(k);
        List<Best> all = soundTokens.stream().map(Best::new).toList();
        ClipFilter.Condition heard =
                new ClipFilter.Condition(
                        ClipFilter.HAS_AUDIO, ClipFilter.Operator.EQUAL, Boolean.toString(true));
        AcceptedClips clips = AcceptedClips.of(reader, filter.and(heard));
        for (LeafReaderContext leaf : reader.leaves()) {
            Bits accepted = clips.of(leaf);
            BinaryDocValues sides = ClipDocument.sides(leaf.reader());
            for (int document = 0; document < leaf.reader().maxDoc(); document++) {
                if (!ExactSearch.isLive(accepted, document)) {
                    continue;
                }
                float[] token = ClipDocument.soundToken(sides, document);
                if (!ClipVectors.hasDirection(token)) {
                    continue; // made without listening
                }
                float[] unit = LateInteractionScore.unit(token);
                for (Best best : all) {
                    best.offer(unit, leaf, document, k);
                }
            }
        }
        return all.stream()
                .map(best -> best.clips.stream().sorted(ScoredClip.BEST_FIRST).toList())
                .toList();
    }
}
