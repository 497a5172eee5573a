package javigate.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The log of a run: a JSON object a line in {@code log.jsonl}, the same numbers for TensorBoard
 * beside it.
 */
final class TrainLog implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STEP = "step";

    private final Path file;
    private final EventFile events;

    private TrainLog(Path file, EventFile events) {
        this.file = file;
        this.events = events;
    }

    /**
     * Opens the log; of an earlier one the lines up to a step are kept.
     *
     * @param steps done so far, in all
     */
    static TrainLog open(RunFolder run, long steps) throws IOException {
        keep(run.log(), steps);
        return new TrainLog(run.log(), new EventFile(run.events(), seconds()));
    }

    private static void keep(Path file, long steps) throws IOException {
        List<String> kept = new ArrayList<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                JsonNode json = line.endsWith("}") ? JSON.readTree(line) : JSON.nullNode();
                if (json.has(STEP) && json.path(STEP).asLong() <= steps) {
                    kept.add(line);
                }
            }
        }
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        Files.write(beside, kept);
        Files.move(
                beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Adds a line.
     *
     * @param step steps done so far, in all
     */
    void add(long step, Map<String, Double> values) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(STEP, step);
        line.putAll(values);
        Files.writeString(
                file,
                JSON.writeValueAsString(line) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        events.add(seconds(), step, values);
    }

    private static double seconds() {
        return System.currentTimeMillis() / 1000.0;
    }

    @Override
    public void close() throws IOException {
        events.close();
    }
}
