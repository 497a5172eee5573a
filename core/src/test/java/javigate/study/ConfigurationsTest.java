package javigate.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javigate.model.ModelConfig;
import javigate.model.avigate.AvigateConfig;
import javigate.model.avigate.TinyAvigate;
import javigate.train.TrainConfig;
import org.junit.jupiter.api.Test;

/**
 * Every configuration that comes with javigate can be read, and changes what there is to change.
 */
class ConfigurationsTest {

    private static final Path FOLDER = Path.of("..", "configs");
    private static final AvigateConfig START =
            AvigateConfig.standard(TinyAvigate.CLIP, TinyAvigate.AST);

    /** Those of the first stage that may be left out. */
    private static final Set<String> OPTIONAL =
            Set.of(
                    "data",
                    "split",
                    "selection",
                    "vocabularySize",
                    "audioLearningRate",
                    "optimiser",
                    "groups",
                    "chunk",
                    "samples",
                    "patience",
                    "precision",
                    "recompute",
                    "ablation",
                    "frameShiftMs");

    private static List<Path> files(boolean studies) throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.filter(f -> isStudy(f) == studies).sorted().toList();
        }
    }

    private static boolean isStudy(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile()).has("variants");
        } catch (IOException e) {
            throw new AssertionError(file + ": " + e.getMessage(), e);
        }
    }

    @Test
    void trainings() throws Exception {
        List<Path> files = files(false);
        assertTrue(files.size() >= 9, files.toString());
        for (Path file : files) {
            TrainConfig config = TrainConfig.load(file);
            if (!config.stage().equals(TrainConfig.Stage.CLIP)
                    && !file.toString().contains("charades")) {
                ModelConfig changed = config.architecture(START);
                assertEquals(START.clip(), changed.clip(), file.toString());
            }
            assertEquals(config, TrainConfig.of(config.json()), file.toString());
        }
    }

    /** Nor does a key set to null become 0. */
    @Test
    void aKeyThatIsMissingIsNamed() throws Exception {
        ObjectNode whole = TrainConfig.load(FOLDER.resolve("sightsound-clip.json")).json();
        for (String part : List.of("", "model", "preprocessing")) {
            Set<String> keys = new HashSet<>();
            (part.isEmpty() ? whole : whole.path(part)).fieldNames().forEachRemaining(keys::add);
            keys.removeAll(OPTIONAL);
            assertFalse(keys.isEmpty());
            for (String key : keys) {
                for (boolean asNull : new boolean[] {false, true}) {
                    ObjectNode cut = whole.deepCopy();
                    ObjectNode of = part.isEmpty() ? cut : (ObjectNode) cut.get(part);
                    of.remove(key);
                    if (asNull) {
                        of.putNull(key);
                    }
                    IllegalArgumentException refused =
                            assertThrows(IllegalArgumentException.class, () -> start(cut), key);
                    assertTrue(
                            String.valueOf(refused.getMessage()).contains(key), refused::toString);
                }
            }
        }
    }

    private static void start(JsonNode json) {
        TrainConfig config = TrainConfig.of(json);
        config.architecture(null);
        config.inputs(null);
    }

    @Test
    void studies() throws Exception {
        List<Path> files = files(true);
        assertEquals(3, files.size());
        for (Path file : files) {
            StudyConfig study = StudyConfig.load(file);
            JsonNode base = TrainConfig.load(file.resolveSibling(study.base())).json();
            Set<String> distinct = new HashSet<>();
            for (StudyConfig.Task task : study.tasks()) {
                TrainConfig config = study.configuration(base, task);
                assertEquals(task.seed(), config.seed());
                String cell = config.json() + " " + config.architecture(START);
                assertTrue(distinct.add(cell), task + " is as another cell");
            }
            assertFalse(distinct.isEmpty());
        }
    }

    @Test
    void noCellChangesWhatAllShare() throws Exception {
        StudyConfig study = StudyConfig.load(FOLDER.resolve("sightsound-study.json"));
        JsonNode base = TrainConfig.load(FOLDER.resolve(study.base())).json();
        JsonNode change = new ObjectMapper().readTree("{\"data\": \"elsewhere\"}");
        var wrong = new StudyConfig.Variant("elsewhere", "", change, null);
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> study.configuration(base, new StudyConfig.Task(wrong, 1)));
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains("variant elsewhere changes data"), message);
    }
}
