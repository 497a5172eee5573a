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
 * The best clips of one snapshot of the index, exactly, in three steps, each for fewer clips: the
 * mean frame of every clip bounds its score ({@link MeanBounds}); where that may be among the best,
 * a scan bounds it from all frames in single precision, or from one byte a value ({@link
 * ScoreBounds}); the few candidates left are scored in double precision from the full-precision
 * vectors. The vectors stay in mapped files: the heap holds a clip for each thread (of a library of
 * an old format, six), the candidates, and of each clip 4 bytes for one query, 144 for a batch of
 * {@value DotKernel#BATCH}, 128 more for each further {@value DotKernel#BATCH} up to {@value
 * #MOST_GROUPS} times as many: more are several batches, and where a quarter of the heap has no
 * room for one, each query is searched for alone.
 */
final class ExactSearch {
    /** A batch costs the same with one query as with all, about this many single scans. */
    private static final int SMALLEST_BATCH = 6;

    /** Groups of queries of one pass over the clips, at most. */
    private static final int MOST_GROUPS = 4;

    /** Of the heap, a batch takes at most one such part for what it keeps of every clip. */
    private static final int HEAP_SHARE = 4;

    /** One clip of so many can be looked at twice without anybody noticing. */
    private static final int FEW = 64;

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
        return single(scanQuery(query), atMostAll(k));
    }

    /**
     * The scan over the mean frames gives each clip's highest score and k clips of high scores;
     * frames are read only where the one reaches the other.
     */
    private SearchResult single(ScanQuery query, int k) throws IOException {
        float[][] highs = MeanBatch.byLeaf(reader, 1);
        List<MeanScan> means =
                ScanThreads.scan(reader, () -> new MeanScan(model, clips, query, k, sound, highs));
        TopCandidates lows = new TopCandidates(k);
        long visited = 0;
        for (MeanScan mean : means) {
            lows.addAll(mean.lows());
            visited += mean.visited();
        }
        TopCandidates top = new TopCandidates(k, floor(query, lows, visited));
        scan(query, top, highs, leaf -> LeafBlocks.scanned(leaf, sound));
        return new SearchResult(best(top, query, k), visited);
    }

    /**
     * A score that k clips have at least.
     *
     * @param lows of the clips whose mean frames promise most
     * @param visited clips of the search
     */
    private double floor(ScanQuery query, TopCandidates lows, long visited) throws IOException {
        int k = lows.k();
        if (k > visited / FEW) {
            return lows.threshold();
        }
        TopCandidates floor = new TopCandidates(k);
        BlockScorer scorer = new BlockScorer(model, query);
        LeafCursor blocks = new LeafCursor(leaf -> LeafBlocks.scanned(leaf, sound));
        long[] places = lows.places(); // more than k where bounds are equal
        for (int i = 0; i < Math.min(k, places.length); i++) {
            LeafReaderContext leaf = leaf(places[i]);
            scorer.tight(blocks.at(leaf), (int) places[i]);
            floor.offer(scorer.low(), scorer.low(), leaf.ord, (int) places[i]);
        }
        return Math.max(lows.threshold(), floor.threshold());
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
        long visited = scan(scanned, top, null, leaf -> LeafBlocks.pooled(leaf, sound));
        return new SearchResult(best(top, scanned, atMostAll(k)), visited);
    }

    /** See {@link ClipStore#searchBatch}. */
    List<SearchResult> searchBatch(List<float[]> queries, int k) throws IOException {
        int most = atMostAll(k);
        List<ScanQuery> all = queries.stream().map(this::scanQuery).toList();
        int together = groupsTogether() * DotKernel.BATCH;
        int rest = all.size() % DotKernel.BATCH;
        int batched = rest < SMALLEST_BATCH ? all.size() - rest : all.size();
        batched = together == 0 ? 0 : batched;
        List<SearchResult> results = new ArrayList<>();
        for (int first = 0; first < batched; first += together) {
            int end = Math.min(batched, first + together);
            results.addAll(batch(all.subList(first, end), most));
        }
        for (ScanQuery query : all.subList(batched, all.size())) {
            results.add(single(query, most));
        }
        return results;
    }

    private int groupsTogether() {
        long room = Runtime.getRuntime().maxMemory() / HEAP_SHARE;
        long ofGroup = MeanBatch.GROUP_BYTES * Math.max(1, reader.maxDoc());
        return (int) Math.min(room / ofGroup, MOST_GROUPS);
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
    private long scan(
            ScanQuery query,
            TopCandidates top,
            float @Nullable [][] highs,
            LeafCursor.Finder blocks)
            throws IOException {
        double floor = top.threshold();
        List<SingleScan> workers =
                ScanThreads.scan(
                        reader,
                        () ->
                                new SingleScan(
                                        model,
                                        clips,
                                        query,
                                        new TopCandidates(top.k(), floor),
                                        highs,
                                        blocks));
        long visited = 0;
        for (SingleScan worker : workers) {
            top.addAll(worker.top());
            visited += worker.visited();
        }
        return visited;
    }

    private List<SearchResult> batch(List<ScanQuery> queries, int k) throws IOException {
        List<BatchScan.Group> groups = BatchScan.Group.of(queries);
        MeanBatch means = new MeanBatch(reader, model, clips, groups, sound);
        List<MeanBatch.Scan> meanScans = ScanThreads.scan(reader, () -> means.new Scan(k));
        long visited = meanScans.stream().mapToLong(MeanBatch.Scan::visited).sum();
        double[] floors = new double[queries.size()];
        ScanThreads.each(
                floors.length,
                q -> {
                    TopCandidates lows = new TopCandidates(k);
                    meanScans.forEach(scan -> lows.addAll(scan.lows().get(q)));
                    floors[q] = floor(queries.get(q), lows, visited);
                });
        List<BatchScan> workers =
                ScanThreads.scan(
                        reader, () -> new BatchScan(model, clips, groups, means, k, floors, sound));
        SearchResult[] results = new SearchResult[queries.size()];
        ScanThreads.each(
                results.length,
                q -> {
                    TopCandidates top = new TopCandidates(k, floors[q]);
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
