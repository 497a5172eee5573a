package javigate.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * VATEX as AVIGATE reads it: {@code train_list.txt} and {@code test_list.txt} with an id per line,
 * {@code ref_captions.json} with a list of captions per id, videos with any ending anywhere below a
 * folder. Each caption is a query of its own. The published code selects on the test list; here a
 * {@code val_list.txt}, if there is one, is the split to select on.
 */
final class Vatex {

    static final String CAPTIONS = "ref_captions.json";
    private static final List<String> SPLITS = List.of("train", "val", "test");

    private Vatex() {}

    static List<Manifest> read(Path folder, Path videos, @Nullable Path sounds) throws IOException {
        Layouts.require(
                folder,
                "VATEX",
                List.of(CAPTIONS),
                SPLITS.stream().map(split -> split + "_list.txt").toList());
        VideoFolder files = VideoFolder.tree(videos, sounds);
        Map<String, List<String>> captions = captions(folder.resolve(CAPTIONS));
        List<Manifest> splits = new ArrayList<>();
        for (String split : SPLITS) {
            Path list = folder.resolve(split + "_list.txt");
            if (!Files.isRegularFile(list)) {
                continue;
            }
            SplitBuilder builder = new SplitBuilder(list);
            for (TextFile.Line line : TextFile.lines(list)) {
                String id = line.text().strip();
                builder.add(id, line.number(), captions.getOrDefault(id, List.of()), files);
            }
            splits.add(
                    builder.build("VATEX", split, Layouts.role(split), builder.ofOthers(captions)));
        }
        return splits;
    }

    private static Map<String, List<String>> captions(Path json) throws IOException {
        JsonNode root = JsonFile.read(json);
        if (!root.isObject()) {
            throw new IOException(json + ": not an object of lists of captions by id");
        }
        Map<String, List<String>> captions = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : root.properties()) {
            List<String> texts = new ArrayList<>();
            for (JsonNode caption : entry.getValue()) {
                if (caption.isTextual()) {
                    texts.add(caption.asText());
                }
            }
            if (!entry.getValue().isArray() || texts.size() != entry.getValue().size()) {
                throw new IOException(json + ": '" + entry.getKey() + "' is not a list of texts");
            }
            captions.put(entry.getKey(), texts);
        }
        return captions;
    }
}
