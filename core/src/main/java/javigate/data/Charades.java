package javigate.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Charades as it is published and AVIGATE reads it: {@code Charades_v1_train.csv} and {@code
 * Charades_v1_test.csv} with columns {@code id} and {@code script} among others, one caption per
 * video; {@code ID.mp4}. There is no split to select on.
 */
final class Charades {

    private static final List<String> SPLITS = List.of("train", "test");

    private Charades() {}

    /** Names of its files. */
    static List<String> files() {
        return SPLITS.stream().map(Charades::listOf).toList();
    }

    static List<Manifest> read(Path folder, Path videos, @Nullable Path sounds) throws IOException {
        Layouts.require(folder, "Charades", List.of(), files());
        VideoFolder files = VideoFolder.flat(videos, sounds, "mp4");
        List<Manifest> splits = new ArrayList<>();
        for (String split : SPLITS) {
            Path csv = folder.resolve(listOf(split));
            if (!Files.isRegularFile(csv)) {
                continue;
            }
            CsvTable table = CsvTable.read(csv, "id and script");
            int id = table.column("id");
            int script = table.column("script");
            SplitBuilder builder = new SplitBuilder(csv);
            for (Csv.Row row : table.rows()) {
                List<String> fields = row.fields();
                builder.add(fields.get(id), row.line(), List.of(fields.get(script)), files);
            }
            splits.add(builder.build("Charades", split, Layouts.role(split), 0));
        }
        return splits;
    }

    private static String listOf(String split) {
        return "Charades_v1_" + split + ".csv";
    }
}
