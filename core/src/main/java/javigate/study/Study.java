package javigate.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javigate.checkpoint.Architecture;
import javigate.checkpoint.Checkpoint;
import javigate.eval.Evaluation;
import javigate.eval.Retrieval;
import javigate.eval.RetrievalScores;
import javigate.model.RetrievalModel;
import javigate.tensor.Weights;
import javigate.train.Features;
import javigate.train.RunFolder;
import javigate.train.TrainConfig;
import javigate.train.TrainRun;
import javigate.train.Trainer;

/**
 * Runs a study cell by cell. A finished cell is a file, {@code VARIANT-SEED.json}, written beside
 * its name and renamed: a study that was interrupted goes on where it was, and several processes
 * work on one study side by side, each on cells that no other has begun.
 */
public final class Study {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final StudyConfig config;
    private final TrainConfig base;
    private final Path cells;
    private final Path work;

    /**
     * What every cell works on.
     *
     * @param init the model all trainings start from
     * @param test the split that is evaluated
     */
    public record Material(
            Checkpoint init,
            TrainRun.Clips train,
            TrainRun.Clips val,
            TrainRun.Clips test,
            Features features) {

        String dataHash() {
            return train.manifest().sha256() + val.manifest().sha256() + test.manifest().sha256();
        }
    }

    /** Told what happens. */
    public interface Listener extends Trainer.Listener {
        /** A cell begins: {@code done} of {@code all} are there. */
        void cell(String variant, long seed, int done, int all);
    }

    /**
     * @param base what the study's variants change
     * @param cells folder of the results
     * @param work folder of trainings under way
     */
    public Study(StudyConfig config, TrainConfig base, Path cells, Path work) {
        this.config = config;
        this.base = base;
        this.cells = cells;
        this.work = work;
    }

    /**
     * Trains and evaluates every cell that is not there and that no other process is at.
     *
     * @throws IOException if something cannot be read or written
     * @throws IllegalArgumentException if a variant changes something that is not there
     */
    public void run(Material material, Listener listener) throws IOException {
        Files.createDirectories(cells);
        Files.createDirectories(work);
        List<StudyConfig.Task> tasks = config.tasks();
        JsonNode json = base.json();
        for (StudyConfig.Task task : tasks) {
            TrainConfig _ = config.configuration(json, task); // all are checked before the first
        }
        for (StudyConfig.Task task : tasks) {
            try (FileChannel channel =
                            FileChannel.open(
                                    cells.resolve("." + name(task) + ".lock"),
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock()) {
                TrainConfig settings = config.configuration(json, task);
                if (Files.exists(file(task))) {
                    requireSame(task, settings, material);
                } else if (lock != null) {
                    listener.cell(task.variant().name(), task.seed(), cells().size(), tasks.size());
                    cell(task, settings, material, listener);
                }
            }
        }
    }

    /** A cell that is there must be what would come out now, but for rounding. */
    private void requireSame(StudyConfig.Task task, TrainConfig settings, Material material)
            throws IOException {
        String identity =
                TrainRun.identity(settings, material.dataHash(), material.init().fingerprint());
        if (!read(task).identity().equals(identity)) {
            throw new IOException(
                    file(task)
                            + ": is of another configuration, data or starting model; move its folder"
                            + " away, or name another by --cells");
        }
    }

    private void cell(
            StudyConfig.Task task, TrainConfig settings, Material material, Listener listener)
            throws IOException {
        TrainRun.Start start =
                TrainRun.Start.of(settings, material.init(), material.train().manifest());
        TrainRun run =
                new TrainRun(
                        settings,
                        start,
                        material.train(),
                        material.val(),
                        material.dataHash(),
                        material.features());
        String identity = TrainRun.identity(settings, material.dataHash(), start.fingerprint());
        try (Weights _ = start.weights();
                RunFolder folder =
                        RunFolder.open(work.resolve(name(task)), RunFolder.SAVE_EVERY, true)) {
            Trainer.Result result = Trainer.run(run, folder, listener);
            Cell cell;
            try (Weights best = result.weights();
                    RetrievalModel model =
                            Architecture.model(
                                    best.asFloat32(),
                                    start.model(),
                                    start.preprocessing(),
                                    start.tokenizer())) {
                Evaluation evaluation =
                        Evaluation.of(
                                model,
                                material.test().manifest(),
                                material.test().cache(),
                                Evaluation.Settings.RAW,
                                _ -> {});
                cell =
                        new Cell(
                                task.variant().name(),
                                task.seed(),
                                identity,
                                result.validation(),
                                result.epoch(),
                                result.trained(),
                                result.seconds() / 60,
                                scores(evaluation, evaluation.raw().heard()),
                                scores(evaluation, evaluation.raw().muted()),
                                evaluation.meanGates());
            }
            write(task, cell);
            folder.finish();
        }
    }

    private static Map<String, RetrievalScores> scores(Evaluation evaluation, Retrieval retrieval) {
        Map<String, RetrievalScores> scores = new LinkedHashMap<>();
        evaluation.kinds().forEach((kind, own) -> scores.put(kind, retrieval.only(own).scores()));
        return scores;
    }

    private void write(StudyConfig.Task task, Cell cell) throws IOException {
        Path beside = cells.resolve(name(task) + ".json.part");
        Files.writeString(
                beside, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(cell) + "\n");
        Files.move(
                beside,
                file(task),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private Path file(StudyConfig.Task task) {
        return cells.resolve(name(task) + ".json");
    }

    private static String name(StudyConfig.Task task) {
        return task.variant().fileName() + "-" + task.seed();
    }

    /**
     * The cells that are there.
     *
     * @throws IOException if one cannot be read
     */
    private List<Cell> cells() throws IOException {
        List<Cell> found = new ArrayList<>();
        for (StudyConfig.Task task : config.tasks()) {
            if (Files.exists(file(task))) {
                found.add(read(task));
            }
        }
        return found;
    }

    private Cell read(StudyConfig.Task task) throws IOException {
        try {
            return JSON.readValue(file(task).toFile(), Cell.class);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    file(task) + ": is no cell of a study; remove it to have it made anew", e);
        }
    }

    /** The cells that are there as Markdown tables. */
    public String markdown() throws IOException {
        return new StudyTable(config, cells()).markdown();
    }
}
