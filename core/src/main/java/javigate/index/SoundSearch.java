package javigate.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;

/** Sounds against a sound: one cosine a clip. */
final class SoundSearch {
    private static final Comparator<ScoredClip> BEST_FIRST =
            Comparator.comparingDouble(ScoredClip::score).reversed().thenComparing(ScoredClip::id);

    private SoundSearch() {}

    /** See {@link ClipStore#searchSounds}. */
    static List<ScoredClip> of(IndexReader reader, float[] soundToken, int k, ClipFilter filter)
            throws IOException {
        float[] wanted = LateInteractionScore.unit(soundToken);
        List<ClipFilter.Condition> conditions = new ArrayList<>(filter.conditions());
        conditions.add(
                new ClipFilter.Condition(
                        ClipFilter.HAS_AUDIO, ClipFilter.Operator.EQUAL, Boolean.toString(true)));
        AcceptedClips clips = AcceptedClips.of(reader, new ClipFilter(conditions));
        PriorityQueue<ScoredClip> best = new PriorityQueue<>(BEST_FIRST.reversed());
        for (LeafReaderContext leaf : reader.leaves()) {
            Bits accepted = clips.of(leaf);
            for (int document = 0; document < leaf.reader().maxDoc(); document++) {
                if (!ExactSearch.isLive(accepted, document)) {
                    continue;
                }
                float[] token = ClipDocument.soundToken(leaf.reader(), document);
                if (token.length != wanted.length) {
                    continue; // made without listening
                }
                double score = LateInteractionScore.dot(LateInteractionScore.unit(token), wanted);
                best.add(new ScoredClip(ClipDocument.id(leaf.reader(), document), score));
                if (best.size() > k) {
                    best.remove();
                }
            }
        }
        return best.stream().sorted(BEST_FIRST).toList();
    }
}
