package javigate.train;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What Adam remembers of one parameter; its tensors outlive any pointer scope until closed. */
final class Moments implements AutoCloseable {

    private final Tensor mean;
    private final Tensor square;
    private long steps;

    /**
     * Takes over two tensors.
     *
     * @param mean m, running mean of the gradient
     * @param square v, running mean of its square
     * @param steps updates made
     */
    Moments(Tensor mean, Tensor square, long steps) {
        mean.retainReference();
        square.retainReference();
        this.mean = mean;
        this.square = square;
        this.steps = steps;
    }

    /** Those of a parameter that has not moved yet. */
    static Moments zeros(Tensor parameter) {
        return new Moments(torch.zeros_like(parameter), torch.zeros_like(parameter), 0);
    }

    Tensor mean() {
        return mean;
    }

    Tensor square() {
        return square;
    }

    /** Updates made. */
    long steps() {
        return steps;
    }

    /** Counts an update; returns how many there are with it. */
    long count() {
        return ++steps;
    }

    @Override
    public void close() {
        mean.close();
        square.close();
    }
}
