package javigate.eval;

/** The post-processings of an evaluation, with the constants used there. */
public enum Normalisation {
    DSL(
            "dsl",
            "dual softmax: s · softmax over all queries of (S · s / 3), S the model's scale",
            "uses the whole test set"),
    QB(
            "qb",
            "querybank: dynamic inverted softmax, top 1, β 20 on cosines; text to video only",
            "uses the bank of training captions"),
    SK(
            "sk",
            "Sinkhorn on exp(20 s), 10 iterations, columns then rows; a form of our own",
            "uses the whole test set");

    static final int NEAREST = 1;
    static final double BETA = 20;
    private static final int ITERATIONS = 10;

    private final String argument;
    private final String form;
    private final String uses;

    Normalisation(String argument, String form, String uses) {
        this.argument = argument;
        this.form = form;
        this.uses = uses;
    }

    /** As it is written on the command line. */
    public String argument() {
        return argument;
    }

    /** What is computed. */
    public String form() {
        return form;
    }

    /** What it knows beyond the query and the candidates. */
    public String uses() {
        return uses;
    }

    /**
     * Ranks of the post-processed scores.
     *
     * @param cosines the raw scores
     * @param scale S, by which training multiplies cosines
     * @param bank of QB; not looked at by the others
     */
    Retrieval apply(ScoreMatrix cosines, double scale, QueryBank bank, TieRule rule) {
        return switch (this) {
            case DSL -> {
                ScoreMatrix logits =
                        new ScoreMatrix(
                                ScoreNormalisation.scale(cosines.scores(), scale), cosines.owner());
                double[][] back = ScoreNormalisation.dualSoftmax(logits.videoToText());
                double[][] captions =
                        ScoreNormalisation.dualSoftmax(ScoreMatrix.transpose(logits.scores()));
                yield new Retrieval(
                        QueryRanks.of(
                                ScoreNormalisation.dualSoftmaxByOrdinal(logits),
                                cosines.owner(),
                                rule),
                        QueryRanks.videoToText(back, captions, cosines.owner(), rule),
                        cosines.captions());
            }
            case QB ->
                    new Retrieval(
                            QueryRanks.of(bank.normalise(cosines.scores()), cosines.owner(), rule),
                            null,
                            cosines.captions());
            case SK ->
                    Retrieval.of(
                            new ScoreMatrix(
                                    ScoreNormalisation.sinkhorn(cosines.scores(), BETA, ITERATIONS),
                                    cosines.owner()),
                            rule);
        };
    }
}
