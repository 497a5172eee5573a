package javigate.train;

import org.bytedeco.pytorch.Tensor;

/** How a parameter moves along its gradient. */
public sealed interface UpdateRule permits AdamW, BertAdam {

    /**
     * Moves one parameter in place and brings its moments up to date. Called without gradient
     * recording, inside a pointer scope.
     *
     * @param parameter p
     * @param gradient g, of p's shape; may be changed
     * @param moments m, v and the updates p has had, counted up by this one
     * @param rate learning rate times the schedule's factor
     * @param decay weight decay, 0 or more
     */
    void update(Tensor parameter, Tensor gradient, Moments moments, double rate, double decay);
}
