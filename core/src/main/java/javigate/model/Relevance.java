package javigate.model;

/**
 * How likely a hit is to be what a text describes, given how the whole library scores: a logistic
 * model of a model's scores, fitted on clips of which it is known what they match. Of a library of
 * N clips whose scores for the text have the mean μ and the maximum b, a clip that scores s has the
 *
 * <p>relevance σ(intercept + (score · s − offset) / ln(1 + N) + mean · μ − behind · (b − s)).
 *
 * <p>Nearly all clips of a library do not match, so μ says where the scores of such clips lie for
 * this text; the best of N of them rises with N by chance, so the more there are the less a score
 * says; and a clip far behind the best one is less likely to match than its score alone says.
 *
 * @param score weight of the clip's score, at least 0
 * @param offset score, times its weight, that counts for nothing
 * @param mean weight of the library's mean score
 * @param behind weight of the distance to the best clip, at least 0 and with {@code score} above,
 *     so that of two hits the better is the more relevant
 * @param least relevance of the best clip, 0..1, below which nothing matches
 */
public record Relevance(
        double intercept, double score, double offset, double mean, double behind, double least) {

    public Relevance {
        if (!Double.isFinite(intercept + score + offset + mean + behind)
                || !(score >= 0 && behind >= 0 && score + behind > 0)
                || !(least >= 0 && least <= 1)) {
            throw new IllegalArgumentException(
                    ("relevance with intercept %s, score %s, offset %s, mean %s, behind %s, least"
                                    + " %s; all must be finite, score and behind at least 0 and not"
                                    + " both 0, least 0 to 1")
                            .formatted(intercept, score, offset, mean, behind, least));
        }
    }

    /**
     * The relevance of a hit.
     *
     * @param clips in the library, at least 1
     * @param meanScore of all clips of the library for the text
     * @param bestScore of them
     * @param hitScore of the hit, at most {@code bestScore}
     * @return 0..1
     */
    public double of(long clips, double meanScore, double bestScore, double hitScore) {
        double logit =
                intercept
                        + (score * hitScore - offset) / Math.log1p((double) clips)
                        + mean * meanScore
                        - behind * (bestScore - hitScore);
        return 1 / (1 + Math.exp(-logit));
    }

    /** Whether nothing in the library matches, by the relevance of its best clip. */
    public boolean nothingMatches(double bestRelevance) {
        return bestRelevance < least;
    }
}
