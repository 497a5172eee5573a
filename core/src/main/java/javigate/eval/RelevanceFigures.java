package javigate.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javigate.data.SightSoundQueries.Tier;
import javigate.model.Relevance;

/**
 * What a {@link Relevance} is worth on libraries of one size, drawn from a split. A hit's truth is
 * that all its query states is true of the clip by its attributes.
 *
 * @param clips in each library
 * @param captions of the library's clips: their ten best hits
 * @param best the same, of each caption the best hit alone
 * @param mixed ten best hits where a quarter of the queries have no answer, as the fit assumes:
 *     three quarters are such captions, the rest of the other tiers, each of these alike
 * @param bestMixed the same, of each query the best hit alone
 * @param kept share of best hits that match which are not called nothing, 0..1
 * @param captionsKept share of the captions that are not answered "nothing", whatever their best
 *     hit
 * @param falseAlarms by tier that nothing matches
 */
public record RelevanceFigures(
        int clips,
        Reliability captions,
        Reliability best,
        Reliability mixed,
        Reliability bestMixed,
        double kept,
        double captionsKept,
        Map<String, FalseAlarms> falseAlarms) {

    /**
     * Queries that nothing matches and that are answered as if something did.
     *
     * @param queries of the tier
     * @param share of them, 0..1
     * @param shareAt95 the same with the limit moved so that 95 % of these libraries' best hits
     *     that match are kept
     * @param byAttribute the share, by what is absent or changed; empty where that is no one
     *     attribute
     */
    public record FalseAlarms(
            int queries, double share, double shareAt95, Map<String, Double> byAttribute) {}

    static RelevanceFigures of(Relevance by, int clips, List<AnsweredQuery> answered) {
        List<AnsweredQuery> captions = answered.stream().filter(AnsweredQuery::answerable).toList();
        double[] weights = RelevanceFit.weights(answered);
        double[] equal = new double[answered.size()];
        Arrays.fill(equal, 1);
        double at95 =
                RelevanceFit.quantile(
                        RelevanceFit.bestThatMatch(by, List.of(answered)), 1 - RelevanceFit.KEPT);
        Map<String, FalseAlarms> alarms = new LinkedHashMap<>();
        for (Tier tier : Tier.values()) {
            List<AnsweredQuery> own =
                    answered.stream().filter(answer -> answer.query().tier() == tier).toList();
            if (tier != Tier.PRESENT && !own.isEmpty()) {
                alarms.put(tier.words(), alarms(by, at95, own));
            }
        }
        return new RelevanceFigures(
                clips,
                reliability(by, captions, equal, AnsweredQuery.TOP),
                reliability(by, captions, equal, 1),
                reliability(by, answered, weights, AnsweredQuery.TOP),
                reliability(by, answered, weights, 1),
                share(
                        captions.stream().filter(answer -> answer.matches()[0]).toList(),
                        by,
                        by.least()),
                share(captions, by, by.least()),
                alarms);
    }

    private static FalseAlarms alarms(Relevance by, double at95, List<AnsweredQuery> queries) {
        Map<String, List<AnsweredQuery>> attributes =
                queries.stream()
                        .filter(Predicate.not(answer -> answer.query().attribute().isEmpty()))
                        .collect(
                                Collectors.groupingBy(
                                        answer -> answer.query().attribute(),
                                        LinkedHashMap::new,
                                        Collectors.toList()));
        Map<String, Double> byAttribute = new LinkedHashMap<>();
        attributes.forEach(
                (attribute, own) -> byAttribute.put(attribute, share(own, by, by.least())));
        return new FalseAlarms(
                queries.size(),
                share(queries, by, by.least()),
                share(queries, by, at95),
                byAttribute);
    }

    /** Share of queries whose best hit reaches a relevance. */
    private static double share(List<AnsweredQuery> queries, Relevance by, double least) {
        long reached = queries.stream().filter(answer -> answer.relevance(by)[0] >= least).count();
        return (double) reached / queries.size();
    }

    private static Reliability reliability(
            Relevance by, List<AnsweredQuery> queries, double[] weights, int top) {
        List<Double> said = new ArrayList<>();
        List<Boolean> seen = new ArrayList<>();
        List<Double> weight = new ArrayList<>();
        for (int q = 0; q < queries.size(); q++) {
            AnsweredQuery answer = queries.get(q);
            double[] relevance = answer.relevance(by);
            for (int i = 0; i < Math.min(top, relevance.length); i++) {
                said.add(relevance[i]);
                seen.add(answer.matches()[i]);
                weight.add(weights[q]);
            }
        }
        boolean[] happens = new boolean[seen.size()];
        for (int i = 0; i < happens.length; i++) {
            happens[i] = seen.get(i);
        }
        return Reliability.of(array(said), happens, array(weight));
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
