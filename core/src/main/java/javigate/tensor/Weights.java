package javigate.tensor;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Named tensors, in order. When they come from a file they lie in its read-only mapping: they must
 * not be written to, and not be used after {@link #close}.
 */
public final class Weights implements AutoCloseable {

    private static final int LONGEST_SHOWN = 80;

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata;
    private final List<Arena> mappings;

    /** No tensors yet. */
    public Weights() {
        this(Map.of(), List.of());
    }

    Weights(Map<String, String> metadata, List<Arena> mappings) {
        this.metadata = Map.copyOf(metadata);
        this.mappings = List.copyOf(mappings);
    }

    /** No tensors yet, but the mappings of {@code parts}, which are closed with it. */
    static Weights over(List<Weights> parts) {
        return new Weights(
                Map.of(), parts.stream().flatMap(part -> part.mappings.stream()).toList());
    }

    /** Adds or replaces a tensor, which from then on outlives any pointer scope. */
    public void put(String name, Tensor tensor) {
        tensor.retainReference();
        tensors.put(name, tensor);
    }

    /**
     * Adds a matrix with rows and columns exchanged.
     *
     * @throws IllegalArgumentException if it is no matrix
     */
    public void putTransposed(String name, Tensor matrix) {
        if (matrix.dim() != 2) {
            throw new IllegalArgumentException(
                    "%s comes from a matrix, not from a tensor of shape %s"
                            .formatted(name, Arrays.toString(Ops.shape(matrix))));
        }
        put(name, matrix.t().contiguous());
    }

    /**
     * Adds several tensors of one shape, one below the other along the first dimension.
     *
     * @throws IllegalArgumentException if they differ in shape or type
     */
    public void putJoinedRows(String name, List<Tensor> parts) {
        Tensor first = parts.getFirst();
        for (Tensor part : parts) {
            if (part.dim() == 0
                    || !Arrays.equals(Ops.shape(part), Ops.shape(first))
                    || part.scalar_type().intern() != first.scalar_type().intern()) {
                throw new IllegalArgumentException(
                        "the parts of %s differ: %s of shape %s and %s of shape %s"
                                .formatted(
                                        name,
                                        DataTypes.name(first.scalar_type().intern()),
                                        Arrays.toString(Ops.shape(first)),
                                        DataTypes.name(part.scalar_type().intern()),
                                        Arrays.toString(Ops.shape(part))));
            }
        }
        put(name, Ops.cat(0, parts.toArray(Tensor[]::new)));
    }

    /**
     * Adds the equal parts of a tensor, cut along the first dimension, under a name each.
     *
     * @throws IllegalArgumentException if its rows do not split so
     */
    public void putSplitRows(List<String> names, Tensor whole) {
        long rows = whole.dim() == 0 ? 1 : whole.size(0);
        if (rows % names.size() != 0) {
            throw new IllegalArgumentException(
                    "%d rows do not split into %s".formatted(rows, names));
        }
        long each = rows / names.size();
        for (int i = 0; i < names.size(); i++) {
            put(names.get(i), whole.narrow(0, i * each, each));
        }
    }

    /**
     * The tensor of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no tensor named " + shown(name));
        }
        return tensor;
    }

    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    /** All tensors by name, in order. */
    public Map<String, Tensor> all() {
        return Collections.unmodifiableMap(tensors);
    }

    /** The free text that came with the file. */
    public Map<String, String> metadata() {
        return metadata;
    }

    public long[] shape(String name) {
        return Ops.shape(get(name));
    }

    public float[] floats(String name) {
        return Ops.toFloats(get(name));
    }

    public long[] longs(String name) {
        return Ops.toLongs(get(name));
    }

    /** The values as float64, row-major. */
    public double[] doubles(String name) {
        Tensor flat = get(name).to(torch.ScalarType.Double).contiguous();
        double[] values = new double[Math.toIntExact(flat.numel())];
        if (values.length > 0) { // there is no buffer of nothing
            java.nio.DoubleBuffer buffer = flat.createBuffer();
            buffer.get(values);
        }
        return values;
    }

    /** Value types by safetensors' names (F32, BF16 …), with the number of values of each. */
    public Map<String, Long> valuesPerType() {
        Map<String, Long> result = new TreeMap<>();
        tensors.values()
                .forEach(
                        tensor ->
                                result.merge(
                                        DataTypes.name(tensor.scalar_type().intern()),
                                        tensor.numel(),
                                        Long::sum));
        return result;
    }

    /**
     * Checks that every value is a finite number; reads them all.
     *
     * @throws IllegalArgumentException naming a tensor with a value that is not
     */
    public void requireFinite() {
        for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
            try (var _ = new PointerScope()) {
                Tensor tensor = e.getValue();
                // A sum in float64 is finite exactly when all its terms are.
                if (tensor.is_floating_point()
                        && tensor.numel() > 0
                        && !Double.isFinite(
                                tensor.sum(new ScalarTypeOptional(torch.ScalarType.Double))
                                        .item_double())) {
                    throw new IllegalArgumentException(
                            "tensor %s holds NaN or infinity; the weights are damaged"
                                    .formatted(shown(e.getKey())));
                }
            }
        }
    }

    /** How many layers there are: tensors named {@code prefix} and a number count from 0. */
    public int layers(String prefix) {
        int layers = 0;
        while (hasAnyBelow(prefix + layers + ".")) {
            layers++;
        }
        return layers;
    }

    private boolean hasAnyBelow(String prefix) {
        return tensors.keySet().stream().anyMatch(name -> name.startsWith(prefix));
    }

    /** The same tensors with a prefix before each name. */
    public Weights under(String prefix) {
        Weights result = new Weights();
        tensors.forEach((name, tensor) -> result.put(prefix + name, tensor));
        return result;
    }

    /** Bytes of all values together. */
    public long byteCount() {
        return tensors.values().stream().mapToLong(Tensor::nbytes).sum();
    }

    /** A name out of a file, which is anyone's text, fit for one line of a message. */
    public static String shown(String text) {
        String first = text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN);
        String clean = first.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
        return clean.length() < text.length() ? clean + "…" : clean;
    }

    /** Number of values in all tensors together. */
    public long parameterCount() {
        return tensors.values().stream().mapToLong(Tensor::numel).sum();
    }

    /** The tensors whose names start with {@code prefix}, without it. */
    public Weights below(String prefix) {
        Weights result = new Weights();
        tensors.forEach(
                (name, tensor) -> {
                    if (name.startsWith(prefix)) {
                        result.put(name.substring(prefix.length()), tensor);
                    }
                });
        return result;
    }

    /**
     * The same values as float32 on the engine's device; the tensor itself where it is that
     * already.
     */
    public Weights asFloat32() {
        Weights result = new Weights(metadata, mappings);
        tensors.forEach(
                (name, tensor) ->
                        result.put(
                                name,
                                tensor.is_floating_point()
                                        ? tensor.to(Engine.device(), torch.ScalarType.Float)
                                        : tensor));
        return result;
    }

    /** Lets go of the files' mappings; the tensors are unusable afterwards. */
    @Override
    public void close() {
        tensors.clear();
        for (Arena mapping : mappings) {
            if (mapping.scope().isAlive()) {
                mapping.close();
            }
        }
    }
}
