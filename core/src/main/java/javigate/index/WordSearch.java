package javigate.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;

/** Words against the captions, subtitles and notes of clips: Lucene's BM25. */
final class WordSearch {
    /**
     * Cuts texts and queries alike: words in lower case, stemmed, without "the", "of" and so on.
     */
    static final Analyzer ANALYZER = new EnglishAnalyzer();

    /** Words of a query that are looked for: more, with a filter's, are too many for Lucene. */
    private static final int MAX_WORDS = 256;

    private WordSearch() {}

    /** See {@link ClipStore#searchTexts}. */
    static List<ScoredClip> of(IndexReader reader, String text, int k, ClipFilter filter)
            throws IOException {
        ExactSearch.requireHits(k);
        Set<String> words = words(text);
        if (words.isEmpty()) {
            return List.of();
        }
        BooleanQuery.Builder any = new BooleanQuery.Builder();
        words.stream()
                .limit(MAX_WORDS)
                .forEach(
                        word ->
                                any.add(
                                        new TermQuery(new Term(ClipDocument.WORDS, word)),
                                        Occur.SHOULD));
        BooleanQuery.Builder query = new BooleanQuery.Builder().add(any.build(), Occur.MUST);
        if (!filter.conditions().isEmpty()) {
            if (!filter.suitsOldClips()) {
                AcceptedClips.requireNew(reader);
            }
            query.add(FilterQuery.of(filter), Occur.FILTER);
        }
        IndexSearcher searcher = new IndexSearcher(reader);
        List<ScoredClip> found = new ArrayList<>();
        for (ScoreDoc hit : searcher.search(query.build(), k).scoreDocs) {
            int leaf = org.apache.lucene.index.ReaderUtil.subIndex(hit.doc, reader.leaves());
            int document = hit.doc - reader.leaves().get(leaf).docBase;
            String id = ClipDocument.id(reader.leaves().get(leaf).reader(), document);
            found.add(new ScoredClip(id, hit.score));
        }
        found.sort(ScoredClip.BEST_FIRST);
        return found;
    }

    /** The words of a text as they are compared, without repetitions. */
    static Set<String> words(String text) throws IOException {
        Set<String> words = new LinkedHashSet<>();
        try (TokenStream tokens = ANALYZER.tokenStream(ClipDocument.WORDS, text)) {
            CharTermAttribute word = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            while (tokens.incrementToken()) {
                words.add(word.toString());
            }
            tokens.end();
        }
        return words;
    }
}
