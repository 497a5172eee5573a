package javigate.train;

import java.util.Arrays;
import java.util.Map;
import javigate.tensor.Ops;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Copies saved weights into those of a network. */
final class Copy {

    private Copy() {}

    /**
     * @throws IllegalArgumentException if names or shapes differ
     */
    static void into(Map<String, Tensor> weights, Weights saved) {
        if (!weights.keySet().equals(saved.names())) {
            throw new IllegalArgumentException(
                    "holds %d weights, the configuration has %d; they are not those of one model"
                            .formatted(saved.names().size(), weights.size()));
        }
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            weights.forEach(
                    (name, tensor) -> {
                        Tensor source = saved.get(name);
                        if (!Arrays.equals(Ops.shape(source), Ops.shape(tensor))) {
                            throw new IllegalArgumentException(
                                    "weight %s has shape %s; the configuration wants %s"
                                            .formatted(
                                                    name,
                                                    Arrays.toString(Ops.shape(source)),
                                                    Arrays.toString(Ops.shape(tensor))));
                        }
                        Tensor _ = tensor.copy_(source);
                    });
        }
    }
}
