package javigate.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import javigate.data.SightSoundQueries.Query;
import javigate.data.SightSoundQueries.Tier;
import javigate.model.Relevance;
import org.junit.jupiter.api.Test;

/** Scores drawn by chance, about which all is known: matching clips score higher by 0.4. */
class RelevanceStudyTest {

    private static final int CLIPS = 60;

    private final List<Query> queries = new ArrayList<>();
    private final double[][] scores = scores(0.4);

    private double[][] scores(double lift) {
        queries.clear();
        Random random = new Random(7);
        double[][] drawn = new double[600][CLIPS];
        for (int q = 0; q < drawn.length; q++) {
            Tier tier =
                    List.of(
                                    Tier.PRESENT,
                                    Tier.ABSENT_VALUE,
                                    Tier.ABSENT_COMBINATION,
                                    Tier.NEAR_MISS)
                            .get(q % 4);
            BitSet all = new BitSet();
            all.set(0, CLIPS);
            BitSet matches = new BitSet();
            if (tier == Tier.PRESENT) {
                matches.set(random.nextInt(CLIPS));
            }
            queries.add(
                    new Query(
                            "text " + q, tier, tier == Tier.NEAR_MISS ? "size" : "", all, matches));
            for (int v = 0; v < CLIPS; v++) {
                drawn[q][v] = 0.1 * random.nextGaussian() + (matches.get(v) ? lift : 0);
            }
        }
        return drawn;
    }

    @Test
    void everyCaptionFindsAMatchInItsLibraryAndNoOtherQueryDoes() {
        RelevanceStudy study = RelevanceStudy.of("val", queries, scores, 1);
        assertEquals(Set.of(20, 50, 60), study.bySize().keySet());
        study.bySize()
                .forEach(
                        (clips, answered) -> {
                            int found = 0;
                            for (AnsweredQuery answer : answered) {
                                assertEquals((long) clips, answer.library().clips());
                                assertEquals(AnsweredQuery.TOP, answer.scores().length);
                                for (boolean match : answer.matches()) {
                                    assertTrue(answer.answerable() || !match);
                                    found += match ? 1 : 0;
                                }
                            }
                            assertTrue(found > 140, "of 150 captions " + found + " are in the top");
                        });
        AnsweredQuery whole = Objects.requireNonNull(study.bySize().get(CLIPS)).get(1);
        double mean = Arrays.stream(scores[1]).average().orElseThrow();
        double best = Arrays.stream(scores[1]).max().orElseThrow();
        assertEquals(mean, whole.library().mean(), 1e-12);
        assertEquals(best, whole.scores()[0]);
    }

    @Test
    void oneSeedDrawsTheSameLibraries() {
        Relevance first = RelevanceStudy.of("val", queries, scores, 1).fit();
        assertEquals(first, RelevanceStudy.of("val", queries, scores, 1).fit());
        assertFalse(first.equals(RelevanceStudy.of("val", queries, scores, 2).fit()));
    }

    @Test
    void whatIsFittedIsCalibratedOnItsOwnData() {
        RelevanceStudy study = RelevanceStudy.of("val", queries, scores, 1);
        Relevance relevance = study.fit();
        for (RelevanceFigures figures : study.measure(relevance)) {
            Reliability mixed = figures.mixed();
            assertTrue(mixed.ece() < 0.02, "ECE " + mixed.ece());
            assertTrue(mixed.brier() < 0.5 * mixed.brierOfConstant(), "Brier " + mixed.brier());
            assertTrue(figures.captions().auroc() > 0.95, "AUROC " + figures.captions().auroc());
            assertEquals(0.95, figures.kept(), 0.04);
            assertEquals(
                    Set.of("absent value", "absent combination", "near miss"),
                    figures.falseAlarms().keySet());
            figures.falseAlarms()
                    .forEach(
                            (tier, alarms) -> {
                                assertEquals(150, alarms.queries());
                                assertTrue(alarms.share() < 0.4, tier + " " + alarms.share());
                                assertEquals(
                                        tier.equals("near miss") ? Set.of("size") : Set.of(),
                                        alarms.byAttribute().keySet());
                            });
        }
    }

    @Test
    void aModelWhoseScoresSayNothingIsRefused() {
        double[][] upsideDown = scores(-0.4);
        RelevanceStudy study = RelevanceStudy.of("val", queries, upsideDown, 1);
        assertThrows(IllegalArgumentException.class, study::fit);
    }
}
