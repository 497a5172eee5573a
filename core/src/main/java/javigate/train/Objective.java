package javigate.train;

import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.Tensor;

/** What a stage optimises. */
sealed interface Objective permits ClipObjective, AstObjective, AvigateObjective {

    /** Whether the stage trains the parameter of this name. */
    boolean trains(String name);

    /** Loss of a batch of training clips, by index: scalar with gradient. */
    Tensor loss(int[] clips, RandomGenerator random);

    /** Called after each step, outside the graph. */
    void afterStep();

    /** Percent right on the validation clips: R@1 or accuracy. */
    double validate();
}
