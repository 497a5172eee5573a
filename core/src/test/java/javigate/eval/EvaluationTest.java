package javigate.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javigate.data.Manifest;
import org.junit.jupiter.api.Test;

class EvaluationTest {

    @Test
    void aClipWithoutAKindIsInAllOnly() {
        List<Manifest.Item> items =
                Stream.of("silent", "", "absent", "silent")
                        .map(
                                kind ->
                                        new Manifest.Item(
                                                "id",
                                                Path.of("id.mp4"),
                                                List.of("a caption"),
                                                List.of(),
                                                kind,
                                                ""))
                        .toList();
        Map<String, int[]> kinds = Evaluation.kinds(new Manifest(items));
        assertEquals(List.of("all", "absent", "silent"), List.copyOf(kinds.keySet()));
        assertArrayEquals(new int[] {0, 1, 2, 3}, kinds.get("all"));
        assertArrayEquals(new int[] {2}, kinds.get("absent"));
        assertArrayEquals(new int[] {0, 3}, kinds.get("silent"));
        assertEquals(
                List.of("all"),
                List.copyOf(Evaluation.kinds(new Manifest(items.subList(1, 2))).keySet()));
    }
}
