package javigate.eval;

/** Where a query's own item ranks among items of equal score. Ranks count from 1. */
public enum TieRule {

    /** Last: a model that scores everything alike finds nothing. javigate's own rule. */
    OWN_LAST("own-last"),

    /**
     * As the official code's metric of a square matrix (compute_metrics): it sorts, and takes every
     * place where the own score stands. An item tied with k others has k + 1 ranks, and all
     * percentages are of the number of ranks, not of queries.
     */
    OFFICIAL_SQUARE("official-square"),

    /**
     * As the official code's metric of several captions per video (tensor_text_to_video_metrics):
     * first among ties; the median is the lower of the two middle ranks; percentages have float32's
     * precision. Its video to text is {@link #OFFICIAL_SQUARE}. Where there are ties the official
     * code's rank depends on the order of an unstable sort; first is the best it can give.
     */
    OFFICIAL_MULTI("official-multi");

    private final String argument;

    TieRule(String argument) {
        this.argument = argument;
    }

    /** As it is written on the command line. */
    public String argument() {
        return argument;
    }

    /** The rule of the other direction. */
    TieRule ofVideos() {
        return this == OFFICIAL_MULTI ? OFFICIAL_SQUARE : this;
    }
}
