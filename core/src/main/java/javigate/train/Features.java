package javigate.train;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.IntConsumer;
import javigate.tensor.Ops;
import javigate.tensor.Sha256;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Keeps on disk what frozen towers make of a split, so that no step and no later run computes it
 * again. A file is known by the digest of everything it follows from: the tower's weights and the
 * clips' own pictures or filterbanks.
 *
 * @param folder where the files lie
 * @param limitBytes of all of them together; beyond it those used longest ago are removed. A
 *     split's features of more than this are not kept: the tower then runs in every step
 * @param ranks one process computes, the others wait and read
 * @param listener told what is computed
 */
public record Features(Path folder, long limitBytes, Ranks ranks, Trainer.Listener listener) {

    private static final int VERSION = 1;

    /** 48 GiB: AST's tokens of MSR-VTT's 9,000 training and 1,000 test clips are 37.3 GB. */
    public static final long DEFAULT_LIMIT_BYTES = 48L << 30;

    /** Files this process has opened, which it does not remove. */
    private static final Set<String> HELD = ConcurrentHashMap.newKeySet();

    /**
     * A frozen tower's view of a split.
     *
     * @param what for people, and part of the digest: "audio tokens"
     * @param settings of the tower and of what goes in, part of the digest
     * @param weights the tower's own
     * @param rowShape of one clip's features
     * @param inputs adds a clip's inputs to a digest
     * @param compute inputs of some clips to their features; the first dimension is the clips
     */
    record Tower(
            String what,
            String settings,
            Map<String, Tensor> weights,
            long[] rowShape,
            Inputs inputs,
            Function<int[], Tensor> compute) {}

    /** A clip's inputs, for the digest. */
    @FunctionalInterface
    interface Inputs {
        void addTo(MessageDigest digest, int clip);
    }

    /**
     * The features of a split; null where they would be larger than the limit.
     *
     * @param clips how many
     * @param batch computed at a time
     * @throws IOException if they cannot be written
     */
    @Nullable FeatureFile of(Tower tower, int clips, int batch) throws IOException {
        long rowValues = 1;
        for (long size : tower.rowShape()) {
            rowValues *= size;
        }
        if (4 * rowValues * clips > limitBytes) {
            listener.note(
                    "%s of %,d clips would be %.1f GB, more than the limit of %.1f GB: they are computed in every step"
                            .formatted(
                                    tower.what(),
                                    clips,
                                    4e-9 * rowValues * clips,
                                    limitBytes * 1e-9));
            return null;
        }
        String name = digest(tower, clips) + ".f32";
        HELD.add(name);
        int[] done = {0};
        IntConsumer progress = n -> listener.preparing(tower.what(), done[0] += n, clips);
        Function<int[], float[]> values =
                chunk -> {
                    try (var _ = new PointerScope();
                            var _ = new NoGradGuard()) {
                        float[] rows = Ops.toFloats(tower.compute().apply(chunk));
                        progress.accept(chunk.length);
                        return rows;
                    }
                };
        if (!ranks.first()) {
            ranks.barrier();
        }
        FeatureFile features =
                FeatureFile.open(
                        folder,
                        name,
                        clips,
                        Math.toIntExact(rowValues),
                        Trainer.chunks(clips, batch),
                        values);
        if (ranks.first()) {
            Path file = folder.resolve(name);
            var _ = file.toFile().setLastModified(System.currentTimeMillis());
            evict();
            ranks.barrier();
        }
        return features;
    }

    private static String digest(Tower tower, int clips) {
        MessageDigest digest = Sha256.digest();
        digest.update(
                (VERSION + " " + tower.what() + " " + tower.settings())
                        .getBytes(StandardCharsets.UTF_8));
        tower.weights()
                .forEach(
                        (name, tensor) -> {
                            digest.update(name.getBytes(StandardCharsets.UTF_8));
                            add(digest, tensor);
                        });
        for (int clip = 0; clip < clips; clip++) {
            tower.inputs().addTo(digest, clip);
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }

    private static void add(MessageDigest digest, Tensor tensor) {
        try (var _ = new PointerScope()) {
            Tensor values = tensor.detach().cpu().contiguous();
            for (long done = 0, bytes = values.nbytes(); done < bytes; ) {
                long piece = Math.min(1 << 26, bytes - done);
                ByteBuffer buffer =
                        MemorySegment.ofAddress(values.data_ptr().address() + done)
                                .reinterpret(piece)
                                .asByteBuffer();
                digest.update(buffer);
                done += piece;
            }
        }
    }

    /** Removes the features used longest ago while all take more than the limit. */
    private void evict() throws IOException {
        List<Path> files = new ArrayList<>();
        try (var found = Files.newDirectoryStream(folder, "*.f32")) {
            found.forEach(files::add);
        }
        files.sort(Comparator.comparingLong(f -> f.toFile().lastModified()));
        long total = files.stream().mapToLong(f -> f.toFile().length()).sum();
        for (Path file : files) {
            if (total > limitBytes && !HELD.contains(String.valueOf(file.getFileName()))) {
                total -= file.toFile().length();
                Files.deleteIfExists(file);
            }
        }
    }
}
