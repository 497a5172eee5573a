package javigate.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * The best clips of one snapshot of the index, exactly: a scan over all clips bounds every score in
 * single precision (or from one byte a value), which leaves few candidates; those are scored in
 * double precision from the full-precision vectors. The vectors stay in mapped files: the heap
 * holds a clip for each thread (of a library of an old format, six) and the candidates, whatever
 * the library's size.
 */
final class ExactSearch {
    /** A batch costs the same with one query as with all, about this many single scans. */
    private static final int SMALLEST_BATCH = 6;

    /** About so many clips are looked at for a summary: their mean is certain enough. */
    private static final int SUMMARISED = 20_000;

    /** Takes the next document of one part of the index. */
    interface DocumentVisitor {
        void visit(LeafReaderContext leaf, int document) throws IOException;
    }

    private final IndexReader reader;
    private final LibraryHeader header;
    private final LibraryModel model;
    private final AcceptedClips clips;
    private final Sound sound;

    /**
     * @param reader the snapshot, open while this is used
     * @param header of the library
     */
    ExactSearch(IndexReader reader, LibraryHeader header, Scope scope) throws IOException {
        this.reader = reader;
        this.header = header;
        this.model = header.model();
        this.clips = AcceptedClips.of(reader, scope.filter());
        this.sound = scope.sound();
    }

    /** See {@link ClipStore#search}. */
    SearchResult search(float[] query, int k) throws IOException {
        ScanQuery scanned = scanQuery(query);
        int most = atMostAll(k);
        TopCandidates top = new TopCandidates(most);
        long visited = scan(scanned, top, leaf -> LeafBlocks.scanned(leaf, sound));
        return new SearchResult(best(top, scanned, most), visited);
    }

    /** See {@link ClipStore#searchApproximately}. */
    SearchResult searchApproximately(float[] query, int k, int candidates) throws IOException {
        if (candidates < k) {
            throw new IllegalArgumentException(
                    "%d candidates for %d hits; at least as many are needed"
                            .formatted(candidates, k));
        }
        AcceptedClips.requireNew(reader);
        ScanQuery scanned = scanQuery(query);
        TopCandidates top = new TopCandidates(atMostAll(candidates));
        long visited = scan(scanned, top, leaf -> LeafBlocks.pooled(leaf, sound));
        return new SearchResult(best(top, scanned, atMostAll(k)), visited);
    }

    /** See {@link ClipStore#searchBatch}. */
    List<SearchResult> searchBatch(List<float[]> queries, int k) throws IOException {
        int most = atMostAll(k);
        List<ScanQuery> all = queries.stream().map(this::scanQuery).toList();
        int rest = all.size() % DotKernel.BATCH;
        int batched = rest < SMALLEST_BATCH ? all.size() - rest : all.size();
        List<SearchResult> results = new ArrayList<>();
        if (batched > 0) {
            results.addAll(batch(all.subList(0, batched), most));
        }
        for (ScanQuery query : all.subList(batched, all.size())) {
            TopCandidates top = new TopCandidates(most);
            long visited = scan(query, top, leaf -> LeafBlocks.scanned(leaf, sound));
            results.add(new SearchResult(best(top, query, most), visited));
        }
        return results;
    }

    private int atMostAll(int k) {
        requireHits(k);
        return Math.clamp(reader.numDocs(), 1, k);
    }

    /** Refuses to search for no hits. */
    static void requireHits(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("k " + k + " is below 1");
        }
    }

    /** One query against the blocks of all clips. */
    private long scan(ScanQuery query, TopCandidates top, LeafCursor.Finder blocks)
            throws IOException {
        List<SingleScan> workers =
                ScanThreads.scan(
                        reader, () -> new SingleScan(model, clips, query, top.k(), blocks));
        long visited = 0;
        for (SingleScan worker : workers) {
            top.addAll(worker.top());
            visited += worker.visited();
        }
        return visited;
    }

    private List<SearchResult> batch(List<ScanQuery> queries, int k) throws IOException {
        List<BatchScan.Group> groups = BatchScan.Group.of(queries);
        List<BatchScan> workers =
                ScanThreads.scan(reader, () -> new BatchScan(model, clips, groups, k, sound));
        long visited = workers.stream().mapToLong(BatchScan::visited).sum();
        SearchResult[] results = new SearchResult[queries.size()];
        ScanThreads.each(
                results.length,
                q -> {
                    TopCandidates top = new TopCandidates(k);
                    for (BatchScan worker : workers) {
                        top.addAll(worker.tops().get(q));
                    }
                    results[q] = new SearchResult(bestOfOne(top, queries.get(q), k), visited);
                });
        return List.of(results);
    }

    /** The best of one query's candidates, which all threads score in full. */
    private List<ScoredClip> best(TopCandidates candidates, ScanQuery query, int k)
            throws IOException {
        long[] places = narrowed(candidates, query, k);
        ScoredClip[] hits = new ScoredClip[places.length];
        int shares = Math.clamp(places.length, 1, ScanThreads.PROCESSORS);
        ScanThreads.each(
                shares,
                share ->
                        score(
                                places,
                                (int) ((long) places.length * share / shares),
                                (int) ((long) places.length * (share + 1) / shares),
                                query,
                                hits));
        return bestOf(hits, k);
    }

    /** The same in one thread, of one of many queries. */
    private List<ScoredClip> bestOfOne(TopCandidates candidates, ScanQuery query, int k)
            throws IOException {
        long[] places = narrowed(candidates, query, k);
        ScoredClip[] hits = new ScoredClip[places.length];
        score(places, 0, places.length, query, hits);
        return bestOf(hits, k);
    }

    private static List<ScoredClip> bestOf(ScoredClip[] hits, int k) {
        Arrays.sort(hits, ScoredClip.BEST_FIRST);
        return List.of(hits).subList(0, Math.min(k, hits.length));
    }

    /** The candidates' places, fewer where full-precision vectors bound their scores closer. */
    private long[] narrowed(TopCandidates candidates, ScanQuery query, int k) throws IOException {
        FullScores full = new FullScores(header, sound, query);
        long[] places = candidates.places();
        if (!full.narrows()) {
            return places;
        }
        TopCandidates narrowed = new TopCandidates(k);
        for (long place : places) {
            LeafReaderContext leaf = leaf(place);
            BlockScorer bounds = full.bounds(leaf, (int) place);
            narrowed.offer(bounds.low(), bounds.high(), leaf.ord, (int) place);
        }
        return narrowed.places();
    }

    private LeafReaderContext leaf(long place) {
        return reader.leaves().get((int) (place >> Integer.SIZE));
    }

    /** Scores the clips at places {@code from} to before {@code to}, in index order, in full. */
    private void score(long[] places, int from, int to, ScanQuery query, ScoredClip[] hits)
            throws IOException {
        FullScores full = new FullScores(header, sound, query);
        BinaryDocValues ids = null; // of the part of the index that the place before was in
        int part = -1;
        for (int i = from; i < to; i++) {
            int document = (int) places[i];
            LeafReaderContext leaf = leaf(places[i]);
            if (ids == null || leaf.ord != part) {
                ids = ClipDocument.ids(leaf.reader());
                part = leaf.ord;
            }
            double score = full.score(leaf, document);
            hits[i] = new ScoredClip(ClipDocument.id(ids, document), score);
        }
    }

    /** See {@link ClipStore#summary}. */
    Optional<ScoreSummary> summary(float[] query) throws IOException {
        ScanQuery scanned = scanQuery(query);
        Optional<ScoreSummary> sample =
                sample(scanned, (double) SUMMARISED / Math.max(1, reader.numDocs()));
        if (sample.isEmpty()) { // none of the sample is in the scope
            sample = sample(scanned, 1);
        }
        return sample.map(of -> new ScoreSummary(reader.numDocs(), of.mean(), of.deviation()));
    }

    private Optional<ScoreSummary> sample(ScanQuery query, double share) throws IOException {
        List<SummaryScan> workers =
                ScanThreads.scan(
                        reader,
                        () ->
                                new SummaryScan(
                                        model,
                                        clips,
                                        new FullScores(header, sound, query),
                                        query,
                                        sound,
                                        share));
        ScoreSummary.Accumulator all = new ScoreSummary.Accumulator();
        workers.forEach(worker -> all.addAll(worker.scores()));
        return all.summaryIfAny();
    }

    /** See {@link ClipStore#ranksOf}. */
    Map<String, ClipRank> ranksOf(float[] query, Collection<String> ids) throws IOException {
        ScanQuery scanQuery = scanQuery(query);
        FullScores full = new FullScores(header, sound, scanQuery);
        Map<String, Double> scores = new LinkedHashMap<>();
        for (String id : ids) {
            forEach(
                    reader,
                    new Term(ClipDocument.ID, id),
                    (leaf, document) -> {
                        if (isLive(clips.of(leaf), document)) {
                            scores.put(id, full.score(leaf, document));
                        }
                    });
        }
        double[] targets =
                scores.values().stream().mapToDouble(s -> s).sorted().distinct().toArray();
        long[] higher = new long[targets.length + 1];
        if (targets.length > 0) {
            List<RankScan> workers =
                    ScanThreads.scan(
                            reader,
                            () ->
                                    new RankScan(
                                            model,
                                            clips,
                                            new FullScores(header, sound, scanQuery),
                                            scanQuery,
                                            sound,
                                            targets));
            for (int i = targets.length - 1; i >= 0; i--) {
                higher[i] = higher[i + 1];
                for (RankScan worker : workers) {
                    higher[i] += worker.counts()[i + 1];
                }
            }
        }
        Map<String, ClipRank> ranks = new LinkedHashMap<>();
        scores.forEach(
                (id, score) ->
                        ranks.put(
                                id,
                                new ClipRank(
                                        score, 1 + higher[Arrays.binarySearch(targets, score)])));
        return ranks;
    }

    /**
     * Reads the vectors of all clips and does nothing with them: the least time a scan can take.
     *
     * @return bytes read
     */
    long readAll() throws IOException {
        DotKernel kernel = DotKernel.best();
        java.util.concurrent.atomic.LongAdder bytes = new java.util.concurrent.atomic.LongAdder();
        java.util.concurrent.atomic.LongAdder sums = new java.util.concurrent.atomic.LongAdder();
        ScanThreads.scan(
                reader,
                () ->
                        (leaf, from, to) -> {
                            LeafBlocks blocks = LeafBlocks.scanned(leaf.reader(), sound);
                            FrameBlock block = new FrameBlock(model.width());
                            blocks.at(from, block);
                            long begin = block.begin();
                            blocks.at(to - 1, block);
                            // They lie one behind the other.
                            long length = block.begin() + block.length() - begin;
                            sums.add(kernel.sum(block.memory(), begin, length));
                            bytes.add(length);
                        });
        // Uses the sum, or the compiler need not read.
        return sums.sum() == 1 ? 0 : bytes.sum();
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
                    visitor.visit(context, document);
                }
            }
        }
    }

    /** Whether a document is among those marked; null marks all. */
    static boolean isLive(@Nullable Bits live, int document) {
        return live == null || live.get(document);
    }

    private ScanQuery scanQuery(float[] query) {
        if (query.length != model.width()) {
            throw new IllegalArgumentException(
                    String.format(
                            "the query has width %d, the library %d (model %s)",
                            query.length, model.width(), model.name()));
        }
        return new ScanQuery(query);
    }
}
