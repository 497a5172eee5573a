package javigate.model;

import java.util.List;

/** A model that embeds clips and captions and scores the one against the other. */
public interface RetrievalModel extends AutoCloseable {

    /** What goes in: sizes and normalisation of pictures and filterbanks. */
    Preprocessing preprocessing();

    /** D, the joint width. */
    int width();

    /** α of the log-sum-exp (Eq. 8), on cosines; above 0. */
    double alpha();

    /** S = 1/τ, by which training multiplies scores before the softmax; above 0. */
    double scale();

    /** w of the score (1 − w) · global + w · local, 0 to 1; 0.5 is Eq. 9. */
    double localWeight();

    /**
     * Embeds clips, each as it is and as if it had no sound; where the model does not listen, the
     * two are one.
     */
    List<ClipEmbedding> embedClips(List<ClipInput> clips);

    /** Embeds a caption: t [D], not normalised. */
    float[] embedText(String caption);

    /**
     * Scores captions against clips, by {@link #alpha} and {@link #localWeight}.
     *
     * @param texts t of each caption, [T][D], at least one
     * @param clips frames of each, [F][D] with any F ≥ 1
     * @return [T][V]
     */
    double[][] score(List<float[]> texts, List<float[][]> clips);

    @Override
    void close();
}
