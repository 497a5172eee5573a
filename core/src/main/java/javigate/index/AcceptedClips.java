package javigate.index;

import java.io.IOException;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/** Which documents of a snapshot a search may find: those not deleted that a filter accepts. */
final class AcceptedClips {
    private final @Nullable Bits[] byLeaf;

    private AcceptedClips(@Nullable Bits[] byLeaf) {
        this.byLeaf = byLeaf;
    }

    /**
     * @throws OldClipsException when clips of an older format lack what the filter asks for
     */
    static AcceptedClips of(IndexReader reader, ClipFilter filter) throws IOException {
        @Nullable Bits[] byLeaf = new Bits[reader.leaves().size()];
        if (filter.conditions().isEmpty()) {
            for (LeafReaderContext leaf : reader.leaves()) {
                byLeaf[leaf.ord] = leaf.reader().getLiveDocs();
            }
            return new AcceptedClips(byLeaf);
        }
        if (!filter.suitsOldClips()) {
            requireNew(reader);
        }
        IndexSearcher searcher = new IndexSearcher(reader);
        Weight weight =
                searcher.createWeight(
                        searcher.rewrite(FilterQuery.of(filter)), ScoreMode.COMPLETE_NO_SCORES, 1);
        for (LeafReaderContext leaf : reader.leaves()) {
            FixedBitSet accepted = new FixedBitSet(leaf.reader().maxDoc());
            Scorer scorer = weight.scorer(leaf);
            if (scorer != null) {
                Bits live = leaf.reader().getLiveDocs();
                DocIdSetIterator documents = scorer.iterator();
                for (int document = documents.nextDoc();
                        document != DocIdSetIterator.NO_MORE_DOCS;
                        document = documents.nextDoc()) {
                    if (live == null || live.get(document)) {
                        accepted.set(document);
                    }
                }
            }
            byLeaf[leaf.ord] = accepted;
        }
        return new AcceptedClips(byLeaf);
    }

    /** By document; null when all are accepted. */
    @Nullable Bits of(LeafReaderContext leaf) {
        return byLeaf[leaf.ord];
    }

    /** Refuses a snapshot with clips that were written before format 4. */
    static void requireNew(IndexReader reader) throws IOException {
        for (LeafReaderContext leaf : reader.leaves()) {
            if (hasOld(leaf.reader())) {
                throw new OldClipsException();
            }
        }
    }

    /** Whether a part of the index has clips that were written before format 4. */
    static boolean hasOld(LeafReader leaf) throws IOException {
        NumericDocValues written = leaf.getNumericDocValues(FilterQuery.VIDEO_MS);
        return written == null || written.cost() < leaf.maxDoc();
    }
}
