package javigate.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import javigate.checkpoint.Architecture;
import javigate.model.EmbeddedClips;
import javigate.model.ModelConfig;
import javigate.model.RetrievalNetwork;
import javigate.model.ast.AstConfig;
import javigate.model.avigate.AvigateConfig;
import javigate.model.avigate.TinyAvigate;
import javigate.model.tefal.TefalConfig;
import javigate.model.xpool.TextConditionedPooling;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However a batch is cut up, its gradients are those of the plain loss of all of it. */
class GradCacheTest {

    private static final int BATCH = 6;
    private static final int FRAMES = 3;
    private static final double RELATIVE = 1e-5;
    private static final AstConfig AST = TinyAvigate.AST;
    private static final AvigateConfig START = TinyAvigate.CONFIG;

    /** A batch of random clips and captions, and a network with its parameters. */
    private record Case(
            ModelConfig config,
            RetrievalNetwork network,
            Map<String, Tensor> parameters,
            float[] pixels,
            float[] sound,
            long[] ids) {

        static Case make(ModelConfig config) {
            RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
            Parameters parameters = Parameters.initialised(new Weights(), random);
            RetrievalNetwork network = Architecture.network(parameters, config);
            Map<String, Tensor> trained = new LinkedHashMap<>(parameters.taken());
            trained.values().forEach(p -> p.requires_grad_(true));
            int side = config.clip().imageSize();
            float[] pixels = floats(random, BATCH * FRAMES * 3 * side * side);
            float[] sound = floats(random, BATCH * AST.timeFrames() * AST.melBins());
            long[] ids = new long[BATCH * 7];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = i % 7 == 6 ? config.clip().vocabularySize() - 1 : random.nextInt(100);
            }
            return new Case(config, network, trained, pixels, sound, ids);
        }

        private static float[] floats(RandomGenerator random, int size) {
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return values;
        }

        List<Tensor> inputs(int from, int to) {
            int side = config.clip().imageSize();
            float[] mask = new float[(to - from) * FRAMES];
            Arrays.fill(mask, 1);
            return List.of(
                    Ops.longs(Arrays.copyOfRange(ids, from * 7, to * 7), to - from, 7),
                    Ops.floats(part(pixels, from, to), to - from, FRAMES, 3, side, side),
                    Ops.floats(mask, to - from, FRAMES),
                    Ops.floats(part(sound, from, to), to - from, AST.timeFrames(), AST.melBins()));
        }

        private static float[] part(float[] all, int from, int to) {
            int each = all.length / BATCH;
            return Arrays.copyOfRange(all, from * each, to * each);
        }

        /** As {@link RetrievalObjective} does. */
        List<Tensor> embed(List<Tensor> in) {
            EmbeddedClips clips =
                    network.embed(
                            network.frames(in.get(1)),
                            in.get(2),
                            network.listens() ? network.audioTokens(in.get(3)) : null);
            List<Tensor> embedded = new ArrayList<>(List.of(network.text(in.get(0))));
            embedded.addAll(clips.parts());
            return embedded;
        }

        /** Dropout, where there is any, falls alike every time. */
        Tensor loss(List<Tensor> e) {
            torch.manual_seed(1);
            return network.loss(e.get(0), EmbeddedClips.ofParts(e.subList(1, e.size())));
        }

        /** Loss and gradients by the plain way. */
        Map<String, float[]> plain() {
            try (var _ = new PointerScope()) {
                Tensor loss = loss(embed(inputs(0, BATCH)));
                loss.backward();
                return gradients(loss.item_float());
            }
        }

        Map<String, float[]> cached(Ranks ranks, int chunks, boolean recompute) {
            int share = ranks.shareEnd(BATCH) - ranks.shareBegin(BATCH);
            List<Supplier<List<Tensor>>> pieces = new ArrayList<>();
            for (int pass = 0; pass < GradCache.passes(chunks); pass++) {
                for (int[] chunk : Trainer.chunks(share, (share + chunks - 1) / chunks)) {
                    int from = ranks.shareBegin(BATCH) + chunk[0];
                    pieces.add(() -> inputs(from, from + chunk.length));
                }
            }
            try (Loader loader = new Loader(pieces.iterator());
                    var _ = new PointerScope()) {
                double loss =
                        new GradCache(ranks, parameters, this::embed, this::loss, recompute)
                                .backward(chunks, loader::next);
                return gradients(loss);
            }
        }

        private Map<String, float[]> gradients(double loss) {
            Map<String, float[]> found = new LinkedHashMap<>();
            found.put("loss", new float[] {(float) loss});
            parameters.forEach(
                    (name, p) -> {
                        if (p.grad().defined()) {
                            found.put(name, Ops.toFloats(p.grad()));
                            p.mutable_grad().reset();
                        }
                    });
            return found;
        }
    }

    private static void assertSame(Map<String, float[]> expected, Map<String, float[]> found) {
        assertEquals(expected.keySet(), found.keySet());
        assertTrue(expected.size() > 50, "most parameters have a gradient");
        double largest = 0;
        double difference = 0;
        for (Map.Entry<String, float[]> e : expected.entrySet()) {
            float[] ours = Objects.requireNonNull(found.get(e.getKey()));
            for (int i = 0; i < ours.length; i++) {
                largest += e.getValue()[i] * e.getValue()[i];
                difference += Math.pow(ours[i] - e.getValue()[i], 2);
            }
        }
        assertTrue(
                Math.sqrt(difference) <= RELATIVE * Math.sqrt(largest),
                "gradients differ by %g of %g"
                        .formatted(Math.sqrt(difference), Math.sqrt(largest)));
    }

    static List<ModelConfig> all() {
        return Architecture.ALL.stream().<ModelConfig>map(k -> k.over().apply(START)).toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void chunksGiveTheWholeBatchsGradients(ModelConfig config) {
        Case c = Case.make(config);
        Map<String, float[]> plain = c.plain();
        for (int chunks : new int[] {1, 2, 3, 6}) {
            assertSame(plain, c.cached(Ranks.alone(), chunks, false));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void recomputedBlocksGiveTheSameGradients(ModelConfig config) {
        Case c = Case.make(config);
        Map<String, float[]> plain = c.plain();
        assertSame(plain, c.cached(Ranks.alone(), 1, true));
        assertSame(plain, c.cached(Ranks.alone(), 3, true));
    }

    /** Without dropout: two threads of one process share libtorch's generator. */
    static List<ModelConfig> ofRanks() {
        TefalConfig.Pooling pooling =
                new TefalConfig.Pooling(
                        1, TextConditionedPooling.Tail.PROJECTION, TefalConfig.Fusion.ADD, 0);
        return List.of(START, new TefalConfig(TinyAvigate.CLIP, AST, 6, 16, pooling));
    }

    /** Two ranks over gloo, here in two threads, each with a network of its own. */
    @ParameterizedTest
    @MethodSource("ofRanks")
    void twoRanksGiveTheGradientsOfOneProcess(ModelConfig config) throws Exception {
        Map<String, float[]> plain = Case.make(config).plain();
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<Map<String, float[]>>> found = new ArrayList<>();
            for (int rank = 0; rank < 2; rank++) {
                Map<String, String> environment =
                        Map.of(
                                "RANK",
                                "" + rank,
                                "WORLD_SIZE",
                                "2",
                                "MASTER_ADDR",
                                "127.0.0.1",
                                "MASTER_PORT",
                                "" + port);
                found.add(
                        threads.submit(
                                () -> {
                                    try (Ranks ranks = Ranks.join(environment)) {
                                        Case own = Case.make(config);
                                        Map<String, float[]> gradients =
                                                own.cached(ranks, 1, false);
                                        ranks.barrier();
                                        return gradients;
                                    }
                                }));
            }
            for (Future<Map<String, float[]>> rank : found) {
                assertSame(plain, rank.get());
            }
        }
    }
}
