package javigate.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javigate.data.Manifest.Role;
import org.jspecify.annotations.Nullable;

/**
 * LSMDC 2016 as its README describes it and CLIP4Clip and X-Pool read it: files without a header
 * whose lines are six fields between tabs, {@code CLIP_ID, START_ALIGNED, END_ALIGNED,
 * START_EXTRACTED, END_EXTRACTED, SENTENCE}, without quoting. Videos are the extracted clips
 * ({@code CLIP_ID.avi}, in folders by film), found by walking a folder; the four times are places
 * in the film, and a clip is read whole, as those codes do. A clip may have several lines: then it
 * has several captions, at the place of the first.
 *
 * <p>Training {@code LSMDC16_annos_training.csv}, selection {@code LSMDC16_annos_val.csv}, test the
 * thousand clips of {@code LSMDC16_challenge_1000_publictect.csv}.
 */
final class Lsmdc {

    private static final int FIELDS = 6;

    private record Annotations(String file, String split, Role role) {}

    private static final List<Annotations> SPLITS =
            List.of(
                    new Annotations("LSMDC16_annos_training.csv", "train", Role.TRAINING),
                    new Annotations("LSMDC16_annos_val.csv", "val", Role.SELECTION),
                    new Annotations("LSMDC16_challenge_1000_publictect.csv", "test", Role.TEST));

    private record Clip(int line, List<String> captions) {}

    private Lsmdc() {}

    /** Names of its files. */
    static List<String> files() {
        return SPLITS.stream().map(Annotations::file).toList();
    }

    static List<Manifest> read(Path folder, Path videos, @Nullable Path sounds) throws IOException {
        Layouts.require(folder, "LSMDC", List.of(), files());
        VideoFolder files = VideoFolder.tree(videos, sounds);
        List<Manifest> splits = new ArrayList<>();
        for (Annotations annotations : SPLITS) {
            Path list = folder.resolve(annotations.file());
            if (!Files.isRegularFile(list)) {
                continue;
            }
            SplitBuilder builder = new SplitBuilder(list);
            for (Map.Entry<String, Clip> clip : clips(list).entrySet()) {
                builder.add(
                        clip.getKey(), clip.getValue().line(), clip.getValue().captions(), files);
            }
            splits.add(builder.build("LSMDC", annotations.split(), annotations.role(), 0));
        }
        return splits;
    }

    private static Map<String, Clip> clips(Path list) throws IOException {
        Map<String, Clip> clips = new LinkedHashMap<>();
        for (TextFile.Line line : TextFile.lines(list)) {
            String[] fields = line.text().split("\t", -1);
            if (fields.length != FIELDS) {
                throw new IOException(
                        "%s line %d: %d fields between tabs, not %d (clip id, four times, sentence)"
                                .formatted(list, line.number(), fields.length, FIELDS));
            }
            clips.computeIfAbsent(
                            fields[0].strip(), _ -> new Clip(line.number(), new ArrayList<>()))
                    .captions()
                    .add(fields[FIELDS - 1].strip());
        }
        return clips;
    }
}
