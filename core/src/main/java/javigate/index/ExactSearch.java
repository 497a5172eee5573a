package javigate.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * Scores every clip of one snapshot of the index. The vectors are read in order from the mapped
 * file through one reused buffer: the heap holds one clip and the hits, whatever the library's
 * size.
 */
final class ExactSearch {
    /** Best first: score, then id. */
    private static final Comparator<ScoredClip> BEST_FIRST =
            Comparator.comparingDouble(ScoredClip::score).reversed().thenComparing(ScoredClip::id);

    private interface Visitor {
        void visit(LeafReader leaf, int document, double score) throws IOException;
    }

    /** Takes the next document of one part of the index. */
    interface DocumentVisitor {
        void visit(LeafReader leaf, int document) throws IOException;
    }

    private final IndexReader reader;
    private final LibraryModel model;

    /**
     * @param reader the snapshot, open while this is used
     * @param model of the library
     */
    ExactSearch(IndexReader reader, LibraryModel model) {
        this.reader = reader;
        this.model = model;
    }

    /** See {@link ClipStore#search}. */
    SearchResult search(float[] query, int k, Sound sound) throws IOException {
        if (k < 1) {
            throw new IllegalArgumentException("k " + k + " is below 1");
        }
        TopClips top = new TopClips(k);
        long visited = scan(unitQuery(query), sound, top);
        return new SearchResult(top.bestFirst(), visited);
    }

    /** See {@link ClipStore#ranksOf}. */
    Map<String, ClipRank> ranksOf(float[] query, Collection<String> ids, Sound sound)
            throws IOException {
        float[] unitQuery = unitQuery(query);
        FrameBlock block = new FrameBlock(model.width());
        Map<String, Double> scores = new LinkedHashMap<>();
        for (String id : ids) {
            forEach(
                    reader,
                    new Term(ClipDocument.ID, id),
                    (leaf, document) -> {
                        BinaryDocValues frames = frames(leaf, sound);
                        scores.put(id, score(frames, document, block, unitQuery));
                    });
        }
        double[] targets = scores.values().stream().mapToDouble(Double::doubleValue).toArray();
        long[] higher = new long[targets.length];
        if (targets.length > 0) {
            scan(
                    unitQuery,
                    sound,
                    (leaf, document, score) -> {
                        for (int i = 0; i < targets.length; i++) {
                            if (score > targets[i]) {
                                higher[i]++;
                            }
                        }
                    });
        }
        Map<String, ClipRank> ranks = new LinkedHashMap<>();
        for (String id : scores.keySet()) {
            int i = ranks.size();
            ranks.put(id, new ClipRank(targets[i], 1 + higher[i]));
        }
        return ranks;
    }

    /** Visits the live documents of a term in index order. */
    static void forEach(IndexReader reader, Term term, DocumentVisitor visitor) throws IOException {
        for (LeafReaderContext context : reader.leaves()) {
            LeafReader leaf = context.reader();
            PostingsEnum postings = leaf.postings(term, PostingsEnum.NONE);
            if (postings == null) {
                continue;
            }
            Bits live = leaf.getLiveDocs();
            for (int document = postings.nextDoc();
                    document != DocIdSetIterator.NO_MORE_DOCS;
                    document = postings.nextDoc()) {
                if (isLive(live, document)) {
                    visitor.visit(leaf, document);
                }
            }
        }
    }

    /** A deleted document stays in its file until that is merged; {@code live} marks the others. */
    static boolean isLive(@Nullable Bits live, int document) {
        return live == null || live.get(document);
    }

    private long scan(float[] unitQuery, Sound sound, Visitor visitor) throws IOException {
        FrameBlock block = new FrameBlock(model.width());
        long visited = 0;
        for (LeafReaderContext context : reader.leaves()) {
            LeafReader leaf = context.reader();
            Bits live = leaf.getLiveDocs();
            BinaryDocValues frames = frames(leaf, sound);
            for (int document = 0; document < leaf.maxDoc(); document++) {
                if (isLive(live, document)) {
                    visitor.visit(leaf, document, score(frames, document, block, unitQuery));
                    visited++;
                }
            }
        }
        return visited;
    }

    private static BinaryDocValues frames(LeafReader leaf, Sound sound) throws IOException {
        return DocValues.getBinary(leaf, ClipDocument.framesField(sound));
    }

    private double score(BinaryDocValues frames, int document, FrameBlock block, float[] unitQuery)
            throws IOException {
        if (!frames.advanceExact(document)) {
            throw new CorruptIndexException("document " + document + " has none", "frames");
        }
        block.read(frames.binaryValue());
        return block.score(unitQuery, model.alpha(), model.localWeight());
    }

    private float[] unitQuery(float[] query) {
        if (query.length != model.width()) {
            throw new IllegalArgumentException(
                    String.format(
                            "the query has width %d, the library %d (model %s)",
                            query.length, model.width(), model.name()));
        }
        return LateInteractionScore.unit(query);
    }

    /** The best k so far; asks for a clip's id only when its score could place it. */
    private static final class TopClips implements Visitor {
        private final int k;
        private final PriorityQueue<ScoredClip> worstFirst =
                new PriorityQueue<>(BEST_FIRST.reversed());

        TopClips(int k) {
            this.k = k;
        }

        @Override
        public void visit(LeafReader leaf, int document, double score) throws IOException {
            ScoredClip worst = worstFirst.size() < k ? null : worstFirst.peek();
            if (worst != null && score < worst.score()) {
                return;
            }
            BinaryDocValues ids = DocValues.getBinary(leaf, ClipDocument.ID);
            if (!ids.advanceExact(document)) {
                throw new CorruptIndexException("document " + document + " has none", "id");
            }
            ScoredClip clip = new ScoredClip(ids.binaryValue().utf8ToString(), score);
            if (worst == null) {
                worstFirst.add(clip);
            } else if (BEST_FIRST.compare(clip, worst) < 0) {
                worstFirst.poll();
                worstFirst.add(clip);
            }
        }

        List<ScoredClip> bestFirst() {
            List<ScoredClip> hits = new ArrayList<>(worstFirst);
            hits.sort(BEST_FIRST);
            return hits;
        }
    }
}
