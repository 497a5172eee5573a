package javigate.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javigate.model.Relevance;
import javigate.search.TinyModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationTest {

    private static final Relevance RELEVANCE = new Relevance(-2, 30, 18, 10, 8, 0.4);

    @TempDir Path folder;

    @Test
    void aModelHasNoneUntilOneIsSaved() throws Exception {
        Checkpoint model = TinyModel.save(folder.resolve("model"), 1);
        assertEquals(Optional.empty(), Calibration.of(model));
        Calibration saved = of(model.fingerprint());
        Path file = saved.save(model);
        assertEquals(Optional.of(saved), Calibration.of(model));
        assertEquals(folder.resolve("model/calibration.json"), file);
        assertEquals(
                saved.model(), Checkpoint.open(model.folder()).fingerprint(), "fingerprint kept");
    }

    @Test
    void ofOtherWeightsItIsRefused() throws Exception {
        Checkpoint model = TinyModel.save(folder.resolve("model"), 1);
        Path file = of("0123456789abcdef").save(model);
        IOException e = assertThrows(IOException.class, () -> Calibration.of(model));
        assertTrue(
                String.valueOf(e.getMessage())
                        .startsWith(file + ": fitted for a model 0123456789ab,"),
                e.getMessage());
        Files.writeString(file, "{\"model\": \"x\"}");
        IOException broken = assertThrows(IOException.class, () -> Calibration.of(model));
        assertTrue(String.valueOf(broken.getMessage()).startsWith(file + ": "));
    }

    @Test
    void newWeightsInAFolderHaveNone() throws Exception {
        Checkpoint first = TinyModel.save(folder.resolve("model"), 1);
        Path file = of(first.fingerprint()).save(first);
        Checkpoint second = TinyModel.save(folder.resolve("model"), 2);
        assertFalse(Files.exists(file));
        assertEquals(Optional.empty(), Calibration.of(second));
    }

    @Test
    void theModelThatShipsIsCalibrated() throws Exception {
        Calibration shipped = Calibration.of(Checkpoint.shipped()).orElseThrow();
        assertEquals("test", shipped.measuredOn().getLast().split());
        assertEquals(500, shipped.measuredOn().getLast().clips());
        assertEquals("val", shipped.fittedOn().getFirst().split());
    }

    private static Calibration of(String fingerprint) {
        Calibration.Figures figures =
                new Calibration.Figures(
                        "val", 20, 0.01, 0.02, 0.1, 0.9, 0.95, Map.of("near miss", 0.5));
        return new Calibration(
                fingerprint, RELEVANCE, "SightSound, val", "abc", List.of(figures), List.of());
    }
}
