package javigate.index;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedNumericDocValuesField;
import org.apache.lucene.document.SortedSetDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldExistsQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.NumericUtils;

/** {@link ClipFilter} in Lucene's terms: what is written of a clip for it, and what is asked. */
final class FilterQuery {
    /** Length of the whole video; every clip of format 4 has it. */
    static final String VIDEO_MS = "videoMs";

    private static final String SOUND = "sound";
    private static final String METADATA = "metadata";
    private static final String AS_TEXT = "metadataText.";
    private static final String AS_NUMBER = "metadataNumber.";

    /** Texts compared with a number are those that begin with a digit, like dates. */
    private static final BytesRef FIRST_DIGIT = new BytesRef("0");

    private static final BytesRef PAST_DIGITS = new BytesRef(":");

    private static final Pattern NUMBER =
            Pattern.compile("[-+]?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d{1,2})?");

    /** Digits that a double tells apart: the ids of some things are longer numbers. */
    private static final int EXACT_DIGITS = 15;

    private FilterQuery() {}

    /** Adds what filters ask for. */
    static void addTo(Document document, StoredClip clip, long videoMs) {
        document.add(new NumericDocValuesField(VIDEO_MS, videoMs));
        document.add(new StringField(SOUND, clip.soundState(), Field.Store.NO));
        clip.description()
                .metadata()
                .forEach((name, values) -> addMetadata(document, key(name), values));
    }

    private static void addMetadata(Document document, String name, List<String> values) {
        for (String written : values) {
            String value = key(written);
            document.add(new StringField(METADATA, name + '\0' + value, Field.Store.NO));
            document.add(new SortedSetDocValuesField(AS_TEXT + name, new BytesRef(value)));
            OptionalDouble number = number(value);
            if (number.isPresent()) {
                document.add(
                        new SortedNumericDocValuesField(
                                AS_NUMBER + name,
                                NumericUtils.doubleToSortableLong(number.getAsDouble())));
            }
        }
    }

    /** Names under which clips have metadata. */
    static SortedSet<String> names(IndexReader reader) {
        SortedSet<String> names = new TreeSet<>();
        for (LeafReaderContext leaf : reader.leaves()) {
            for (FieldInfo field : leaf.reader().getFieldInfos()) {
                if (field.name.startsWith(AS_TEXT)) {
                    names.add(field.name.substring(AS_TEXT.length()));
                }
            }
        }
        return names;
    }

    /** The clips that a filter accepts. */
    static Query of(ClipFilter filter) {
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        all.add(MatchAllDocsQuery.INSTANCE, Occur.FILTER);
        for (ClipFilter.Condition condition : filter.conditions()) {
            boolean not = condition.operator() == ClipFilter.Operator.NOT_EQUAL;
            all.add(positive(condition), not ? Occur.MUST_NOT : Occur.FILTER);
        }
        return all.build();
    }

    /** The condition, with != read as =. */
    private static Query positive(ClipFilter.Condition condition) {
        return switch (condition.name()) {
            case ClipFilter.DURATION -> span(VIDEO_MS, condition);
            case ClipFilter.DATE -> span(ClipDocument.MODIFIED_MS, condition);
            case ClipFilter.FOLDER -> below(condition.path());
            case ClipFilter.VIDEO -> new TermQuery(new Term(ClipDocument.VIDEO, condition.path()));
            case ClipFilter.HAS_AUDIO -> {
                Query absent = new TermQuery(new Term(SOUND, "absent"));
                yield condition.value().equals("false") ? absent : not(absent);
            }
            default -> metadata(condition);
        };
    }

    private static Query span(String field, ClipFilter.Condition condition) {
        ClipFilter.Span span = condition.span();
        long from = Long.MIN_VALUE;
        long to = Long.MAX_VALUE; // exclusive
        switch (condition.operator()) {
            case EQUAL, NOT_EQUAL -> {
                from = span.fromMs();
                to = span.toMs();
            }
            case BELOW -> to = span.fromMs();
            case AT_MOST -> to = span.toMs();
            case ABOVE -> from = span.toMs();
            case AT_LEAST -> from = span.fromMs();
        }
        return NumericDocValuesField.newSlowRangeQuery(field, from, to - 1);
    }

    private static Query below(String folder) {
        String separator = java.io.File.separator;
        String prefix = folder.endsWith(separator) ? folder : folder + separator;
        return new PrefixQuery(new Term(ClipDocument.VIDEO, prefix));
    }

    private static Query metadata(ClipFilter.Condition condition) {
        String name = condition.name();
        String value = key(condition.value());
        OptionalDouble number = number(value);
        BytesRef text = new BytesRef(value);
        return switch (condition.operator()) {
            case EQUAL, NOT_EQUAL -> {
                Query same = new TermQuery(new Term(METADATA, name + '\0' + value));
                yield number.isPresent()
                                && value.chars().filter(Character::isDigit).count() <= EXACT_DIGITS
                        ? new BooleanQuery.Builder()
                                .add(same, Occur.SHOULD)
                                .add(
                                        numbers(
                                                name,
                                                number.getAsDouble(),
                                                true,
                                                number.getAsDouble(),
                                                true),
                                        Occur.SHOULD)
                                .build()
                        : same;
            }
            case BELOW, AT_MOST -> {
                boolean too = condition.operator() == ClipFilter.Operator.AT_MOST;
                yield number.isPresent()
                        ? either(
                                name,
                                numbers(
                                        name,
                                        Double.NEGATIVE_INFINITY,
                                        true,
                                        number.getAsDouble(),
                                        too),
                                texts(name, FIRST_DIGIT, text, true, too))
                        : texts(name, null, text, false, too);
            }
            case ABOVE, AT_LEAST -> {
                boolean too = condition.operator() == ClipFilter.Operator.AT_LEAST;
                boolean signed = text.compareTo(FIRST_DIGIT) < 0; // below every digit
                yield number.isPresent()
                        ? either(
                                name,
                                numbers(
                                        name,
                                        number.getAsDouble(),
                                        too,
                                        Double.POSITIVE_INFINITY,
                                        true),
                                texts(
                                        name,
                                        signed ? FIRST_DIGIT : text,
                                        PAST_DIGITS,
                                        too || signed,
                                        false))
                        : texts(name, text, null, too, false);
            }
        };
    }

    /** Numbers as numbers; where a clip has none under the name, its texts. */
    private static Query either(String name, Query numbers, Query texts) {
        return new BooleanQuery.Builder()
                .add(numbers, Occur.SHOULD)
                .add(
                        new BooleanQuery.Builder()
                                .add(texts, Occur.FILTER)
                                .add(new FieldExistsQuery(AS_NUMBER + name), Occur.MUST_NOT)
                                .build(),
                        Occur.SHOULD)
                .build();
    }

    private static Query numbers(
            String name, double from, boolean fromToo, double to, boolean toToo) {
        return SortedNumericDocValuesField.newSlowRangeQuery(
                AS_NUMBER + name,
                NumericUtils.doubleToSortableLong(fromToo ? from : Math.nextUp(from)),
                NumericUtils.doubleToSortableLong(toToo ? to : Math.nextDown(to)));
    }

    private static Query texts(
            String name,
            @org.jspecify.annotations.Nullable BytesRef from,
            @org.jspecify.annotations.Nullable BytesRef to,
            boolean fromToo,
            boolean toToo) {
        return SortedSetDocValuesField.newSlowRangeQuery(AS_TEXT + name, from, to, fromToo, toToo);
    }

    private static Query not(Query query) {
        return new BooleanQuery.Builder()
                .add(MatchAllDocsQuery.INSTANCE, Occur.FILTER)
                .add(query, Occur.MUST_NOT)
                .build();
    }

    private static String key(String written) {
        return written.strip().toLowerCase(Locale.ROOT);
    }

    /** Of what people write as one: Java would take 5D and 0x1p3 too. */
    static OptionalDouble number(String value) {
        return NUMBER.matcher(value).matches()
                ? OptionalDouble.of(Double.parseDouble(value) + 0.0) // -0 is 0
                : OptionalDouble.empty();
    }
}
