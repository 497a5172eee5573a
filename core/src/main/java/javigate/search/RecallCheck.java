package javigate.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javigate.index.ClipStore;
import javigate.index.Scope;
import javigate.index.ScoredClip;
import javigate.index.StoredClip;
import javigate.index.StoredVideo;
import javigate.index.TextLine;
import javigate.model.RetrievalModel;

/**
 * What approximate search misses in a library, measured on its own clips: of the ten best by exact
 * search, how many are found among those whose mean frames are nearest.
 */
public final class RecallCheck {
    /** Best clips that ought to be found. */
    public static final int BEST = 10;

    /** Numbers of candidates that are tried. */
    public static final List<Integer> CANDIDATES = List.of(20, 50, 100, 200, 500, 1000);

    private static final int QUERIES = 200;

    /** Where the queries come from. */
    public enum Source {
        /** The caller's. */
        TEXTS,
        /** Captions stored in the library. */
        CAPTIONS,
        /**
         * Single frames of its clips. A text is farther from every clip than a frame is: what they
         * measure may not hold for texts.
         */
        FRAMES
    }

    /**
     * What was measured.
     *
     * @param queries number of them
     * @param rows by number of candidates, those fewer than the clips
     */
    public record Report(Source source, int queries, long clips, List<Row> rows) {
        public Report {
            rows = List.copyOf(rows);
        }
    }

    /**
     * Of one number of candidates.
     *
     * @param recall mean share of the exact {@value #BEST} best that are found, 0..1
     * @param exactShare share of queries for which all are
     */
    public record Row(int candidates, double recall, double exactShare) {}

    private RecallCheck() {}

    /** See {@link VideoLibrary#recall}. */
    static Report run(RetrievalModel model, ClipStore store, List<String> texts)
            throws IOException {
        List<float[]> queries = new ArrayList<>();
        Source source = Source.TEXTS;
        if (texts.isEmpty()) {
            List<StoredClip> sample = sample(store);
            List<String> captions =
                    sample.stream()
                            .flatMap(clip -> clip.description().texts().stream())
                            .filter(line -> line.kind() == TextLine.Kind.CAPTION)
                            .map(TextLine::text)
                            .distinct()
                            .limit(QUERIES)
                            .toList();
            source = captions.isEmpty() ? Source.FRAMES : Source.CAPTIONS;
            captions.forEach(caption -> queries.add(model.embedText(caption)));
            if (captions.isEmpty()) {
                sample.forEach(
                        clip -> {
                            float[][] frames = clip.vectors().frames();
                            queries.add(frames[frames.length / 2]);
                        });
            }
        } else {
            texts.stream().limit(QUERIES).forEach(text -> queries.add(model.embedText(text)));
        }
        List<Row> rows = new ArrayList<>();
        for (int candidates : CANDIDATES) {
            if (candidates < store.count() && !queries.isEmpty()) {
                rows.add(row(store, queries, candidates));
            }
        }
        return new Report(source, queries.size(), store.count(), rows);
    }

    /** One clip of each of some videos, spread over the library. */
    private static List<StoredClip> sample(ClipStore store) throws IOException {
        List<StoredVideo> videos = store.videos();
        List<StoredClip> sample = new ArrayList<>();
        int wanted = Math.min(QUERIES, videos.size());
        for (int i = 0; i < wanted; i++) {
            int video = (int) ((long) i * videos.size() / wanted);
            List<StoredClip> clips = store.clips(videos.get(video).file().path());
            if (!clips.isEmpty()) { // else removed in between
                sample.add(clips.get(i % clips.size()));
            }
        }
        return sample;
    }

    private static Row row(ClipStore store, List<float[]> queries, int candidates)
            throws IOException {
        double recall = 0;
        int exact = 0;
        for (float[] query : queries) {
            Set<String> best = ids(store.search(query, BEST, Scope.ALL).hits());
            Set<String> found =
                    ids(store.searchApproximately(query, BEST, candidates, Scope.ALL).hits());
            Set<String> both = new HashSet<>(best);
            both.retainAll(found);
            recall += both.size() / (double) best.size();
            exact += both.size() == best.size() ? 1 : 0;
        }
        return new Row(candidates, recall / queries.size(), exact / (double) queries.size());
    }

    private static Set<String> ids(List<ScoredClip> clips) {
        return clips.stream().map(ScoredClip::id).collect(Collectors.toSet());
    }
}
