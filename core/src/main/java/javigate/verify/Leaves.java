package javigate.verify;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javigate.tensor.Weights;
import org.bytedeco.pytorch.Tensor;

/** Copies of a case's tensors, by which gradients are taken and compared. */
final class Leaves {

    private final ReferenceCase c;
    private final Map<String, Tensor> leaves = new LinkedHashMap<>();

    Leaves(ReferenceCase c) {
        this.c = c;
    }

    /** A copy of a tensor under a name of its own. */
    Tensor of(String name, Tensor tensor) {
        Tensor leaf = tensor.clone().requires_grad_(true);
        leaves.put(name, leaf);
        return leaf;
    }

    /** Copies of the case's weights below some prefixes. */
    Weights weights(String... prefixes) {
        Weights weights = new Weights();
        for (String name : c.tensors().names()) {
            if (Arrays.stream(prefixes).anyMatch(name::startsWith)) {
                weights.put(name, of(name, c.tensor(name)));
            }
        }
        return weights;
    }

    /** Compares every gradient that the case stores below a prefix. */
    void compare(String prefix) {
        compare(prefix, Set.of());
    }

    /**
     * Compares the gradients that the case stores below a prefix, but {@code except}. What follows
     * the prefix is a leaf's name, or the end of a parameter's but for {@code cross_attn} ({@code
     * audio_k_proj_weight} is {@code pool_audio.cross_attn.k_proj.weight}'s); one that fits none,
     * or several, fails.
     */
    void compare(String prefix, Set<String> except) {
        for (String name : c.tensors().names()) {
            if (!name.startsWith(prefix) || except.contains(name)) {
                continue;
            }
            String wanted = name.substring(prefix.length());
            List<Tensor> fitting =
                    leaves.entrySet().stream()
                            .filter(leaf -> isNamed(leaf.getKey(), wanted))
                            .map(Map.Entry::getValue)
                            .toList();
            if (fitting.size() == 1) {
                c.compare(name, fitting.getFirst().grad());
            } else {
                c.fail("%s: %d tensors have such a name".formatted(name, fitting.size()));
            }
        }
    }

    private static boolean isNamed(String leaf, String wanted) {
        String own = leaf.replace("cross_attn.", "").replace('.', '_');
        return leaf.equals(wanted) || own.endsWith("_" + wanted);
    }
}
