package javigate.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import javigate.tensor.Safetensors;
import javigate.tensor.Weights;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a run of training keeps on disk, in {@code training} below the model folder it will write:
 * {@code state.safetensors} (all that the next step depends on), {@code best.safetensors} (weights
 * of the best validation so far), the logs. Each is written beside its name and renamed, so a crash
 * leaves the one before.
 */
public final class RunFolder implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RUN = "run";
    private static final String WEIGHT = "weight.";
    private static final String OPTIMISER = "optimiser.";

    /** How often a state is saved unless the caller says otherwise. */
    public static final Duration SAVE_EVERY = Duration.ofMinutes(1);

    private final Path folder;
    private final Duration saveEvery;
    private final @Nullable FileChannel lockFile;

    /**
     * Where a run stands.
     *
     * @param run {@link TrainRun#identity}
     * @param epoch under way, from 1; one more than the last when training is over
     * @param step steps done in it
     * @param lossSum of these steps
     * @param best best validation so far, percent; −1 for none
     * @param bestEpoch when it was, from 1; 0 for none
     */
    public record Position(
            String run, int epoch, long step, double lossSum, double best, int bestEpoch) {

        static Position start(String run) {
            return new Position(run, 1, 0, 0, -1, 0);
        }
    }

    private RunFolder(Path folder, Duration saveEvery, @Nullable FileChannel lockFile) {
        this.folder = folder;
        this.saveEvery = saveEvery;
        this.lockFile = lockFile;
    }

    /**
     * Opens the folder of a run for writing.
     *
     * @param saveEvery least time between two saved states; what a crash loses at most, unless
     *     saving takes more than a twentieth of it
     * @param resume whether what is there is taken up again; otherwise there must be nothing
     * @throws IOException if it cannot be written, another process trains there, or it holds a run
     *     that nobody asked to resume
     */
    public static RunFolder open(Path out, Duration saveEvery, boolean resume) throws IOException {
        Path folder = out.resolve("training");
        Files.createDirectories(folder);
        if (!Files.isWritable(folder)) {
            throw new IOException(out + ": no permission to write there; choose another --out");
        }
        FileChannel lockFile =
                FileChannel.open(
                        folder.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        RunFolder run = new RunFolder(folder, saveEvery, lockFile);
        try {
            FileLock lock = lockFile.tryLock();
            if (lock == null) {
                throw new OverlappingFileLockException();
            }
            if (!resume && Files.exists(run.state())) {
                throw new IOException(
                        out
                                + ": holds a run that was begun; --resume goes on with it, another"
                                + " --out leaves it alone");
            }
            return run;
        } catch (OverlappingFileLockException e) {
            lockFile.close();
            throw new IOException(out + ": another process trains there; choose another --out", e);
        } catch (IOException e) {
            lockFile.close();
            throw e;
        }
    }

    /** Opens it to read where the run stands, in the processes that do not write. */
    public static RunFolder follow(Path out) {
        return new RunFolder(out.resolve("training"), SAVE_EVERY, null);
    }

    Duration saveEvery() {
        return saveEvery;
    }

    private Path state() {
        return folder.resolve("state.safetensors");
    }

    private Path best() {
        return folder.resolve("best.safetensors");
    }

    Path log() {
        return folder.resolve("log.jsonl");
    }

    Path events() {
        return folder;
    }

    /** Writes all that the next step depends on. */
    void save(Position position, Map<String, Tensor> weights, Optimiser optimiser)
            throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> tensors.put(WEIGHT + name, tensor));
        Weights moments = optimiser.state();
        moments.all().forEach((name, tensor) -> tensors.put(OPTIMISER + name, tensor));
        write(state(), tensors, position);
    }

    /** Writes the weights of the best validation. */
    void saveBest(Position position, Map<String, Tensor> weights) throws IOException {
        Map<String, Tensor> kept = new LinkedHashMap<>(weights);
        kept.keySet().removeIf(name -> name.startsWith(Trainer.TEMPORARY));
        write(best(), kept, position);
    }

    private static void write(Path file, Map<String, Tensor> tensors, Position position)
            throws IOException {
        try {
            Safetensors.write(file, tensors, false, Map.of(RUN, JSON.writeValueAsString(position)));
        } catch (IOException e) {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".part"));
            throw new IOException(
                    "%s cannot be written: %s; what was saved before is kept: free some disk, then --resume"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /** Whether a state was saved. */
    boolean hasState() {
        return Files.exists(state());
    }

    /**
     * Takes up the saved state: weights and moments are copied into place.
     *
     * @param run the run's identity
     * @throws IOException if the state is damaged, or of another configuration or data
     */
    Position load(String run, Map<String, Tensor> weights, Optimiser optimiser) throws IOException {
        try (Weights saved = Safetensors.open(state())) {
            Position position = position(saved);
            if (!position.run().equals(run)) {
                throw new IOException(
                        "%s: is of another run: configuration, data or starting model have changed (%s, now %s); --resume needs the same, or choose another --out"
                                .formatted(state(), position.run(), run));
            }
            Copy.into(weights, saved.below(WEIGHT));
            optimiser.load(saved.below(OPTIMISER));
            return position;
        } catch (IllegalArgumentException e) {
            throw new IOException(state() + ": " + e.getMessage(), e);
        }
    }

    private Position position(Weights saved) throws IOException {
        String text = saved.metadata().get(RUN);
        if (text == null) {
            throw new IOException(state() + ": is no saved state of a training");
        }
        try {
            return JSON.readValue(text, Position.class);
        } catch (JsonProcessingException e) {
            throw new IOException(state() + ": is no saved state of a training", e);
        }
    }

    /** The weights of the best validation, mapped; close them after use. */
    Weights bestWeights() throws IOException {
        return Safetensors.open(best());
    }

    /** Removes state and best weights, once the model is written; the logs stay. */
    public void finish() throws IOException {
        Files.deleteIfExists(state());
        Files.deleteIfExists(best());
    }

    @Override
    public void close() throws IOException {
        if (lockFile != null) {
            lockFile.close();
        }
    }
}
