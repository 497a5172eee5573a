package javigate.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javigate.data.Manifest.Role;
import org.jspecify.annotations.Nullable;

/**
 * MSR-VTT's layout as CLIP4Clip published it and AVIGATE reads it: {@code MSRVTT_data.json} with
 * {@code sentences} (of {@code video_id} and {@code caption}) and {@code videos}; CSV files that
 * list the splits; {@code ID.mp4} or {@code ID.webm}. A CSV with a column {@code sentence} gives
 * each clip that one caption (the test list); without, a clip has all its sentences of the JSON
 * file, in file order (the training lists). There is no split to select on.
 */
final class MsrVtt {

    private static final String NAME = "MSR-VTT";
    private static final String JSON = "MSRVTT_data.json";

    /** File and name of a split. */
    private record SplitList(String file, String split, Role role) {}

    private static final List<SplitList> LISTS =
            List.of(
                    new SplitList("MSRVTT_train.9k.csv", "train-9k", Role.TRAINING),
                    new SplitList("MSRVTT_train.7k.csv", "train-7k", Role.TRAINING),
                    new SplitList("MSRVTT_JSFUSION_test.csv", "test", Role.TEST));

    private record Texts(Map<String, List<String>> captions, Map<String, List<String>> sight) {}

    private record Label(String kind, String sound) {}

    private MsrVtt() {}

    /** Names of its files. */
    static List<String> files() {
        return Stream.concat(Stream.of(JSON), LISTS.stream().map(SplitList::file)).toList();
    }

    /** All splits whose lists are there. */
    static List<Manifest> read(Path folder, Path videos, @Nullable Path sounds) throws IOException {
        Layouts.require(folder, NAME, List.of(JSON), LISTS.stream().map(SplitList::file).toList());
        VideoFolder files = VideoFolder.flat(videos, sounds, "mp4", "webm");
        Path json = folder.resolve(JSON);
        Texts texts = texts(json);
        List<Manifest> splits = new ArrayList<>();
        for (SplitList list : LISTS) {
            Path csv = folder.resolve(list.file());
            if (Files.isRegularFile(csv)) {
                splits.add(split(NAME, list.split(), list.role(), csv, texts, files, Map.of()));
            }
        }
        return splits;
    }

    /** A split of SightSound, which has the same layout with other names, and kinds. */
    static Manifest sightSound(Path folder, String split) throws IOException {
        return sightSound(
                folder, split, VideoFolder.flat(folder.resolve("videos"), null, "mp4", "webm"));
    }

    /** The splits of SightSound that list a clip. */
    static List<Manifest> sightSound(Path folder, Path videos, @Nullable Path sounds)
            throws IOException {
        List<String> names = List.of("train", "val", "test");
        Layouts.require(
                folder,
                "SightSound",
                List.of("data.json", "kinds.csv"),
                names.stream().map(name -> name + ".csv").toList());
        VideoFolder files = VideoFolder.flat(videos, sounds, "mp4", "webm");
        List<Manifest> splits = new ArrayList<>();
        for (String name : names) {
            Path csv = folder.resolve(name + ".csv");
            if (Files.isRegularFile(csv) && !CsvTable.read(csv, "video_id").rows().isEmpty()) {
                splits.add(sightSound(folder, name, files));
            }
        }
        return splits;
    }

    private static Manifest sightSound(Path folder, String split, VideoFolder files)
            throws IOException {
        return split(
                "SightSound",
                split,
                Layouts.role(split),
                folder.resolve(split + ".csv"),
                texts(folder.resolve("data.json")),
                files,
                labels(folder.resolve("kinds.csv")));
    }

    private static Manifest split(
            String dataset,
            String split,
            Role role,
            Path csv,
            Texts texts,
            VideoFolder videos,
            Map<String, Label> labels)
            throws IOException {
        CsvTable table = CsvTable.read(csv, "video_id");
        int idColumn = table.column("video_id");
        int sentenceColumn = table.header().indexOf("sentence");
        SplitBuilder builder = new SplitBuilder(csv);
        for (Csv.Row row : table.rows()) {
            String id = row.fields().get(idColumn);
            String where = builder.listed(id, row.line());
            List<String> captions =
                    builder.kept(
                            id,
                            sentenceColumn < 0
                                    ? texts.captions().getOrDefault(id, List.of())
                                    : List.of(row.fields().get(sentenceColumn)));
            if (!captions.isEmpty()) {
                Label label = labels.getOrDefault(id, new Label("", ""));
                builder.add(
                        new Manifest.Item(
                                id,
                                videos.video(id, where),
                                0,
                                Long.MAX_VALUE,
                                videos.sound(id),
                                captions,
                                texts.sight().getOrDefault(id, List.of()),
                                label.kind(),
                                label.sound()));
            }
        }
        int others = sentenceColumn < 0 ? builder.ofOthers(texts.captions()) : 0;
        return builder.build(dataset, split, role, others);
    }

    private static Texts texts(Path json) throws IOException {
        JsonNode root = JsonFile.read(json);
        if (!root.path("sentences").isArray()) {
            throw new IOException(json + ": has no list 'sentences'; MSR-VTT's JSON has one");
        }
        Map<String, List<String>> captions = new HashMap<>();
        int number = 0;
        for (JsonNode sentence : root.path("sentences")) {
            String id = text(sentence, "video_id", json, "sentences", number);
            String caption = text(sentence, "caption", json, "sentences", number++);
            captions.computeIfAbsent(id, key -> new ArrayList<>()).add(caption);
        }
        Map<String, List<String>> sight = new HashMap<>();
        number = 0;
        for (JsonNode video : root.path("videos")) {
            String id = text(video, "video_id", json, "videos", number++);
            List<String> texts = new ArrayList<>();
            video.path("sight_captions").forEach(caption -> texts.add(caption.asText()));
            sight.put(id, texts);
        }
        return new Texts(captions, sight);
    }

    private static String text(JsonNode node, String field, Path json, String list, int number)
            throws IOException {
        JsonNode value = node.path(field);
        if (!value.isTextual()) {
            throw new IOException(
                    json + ": " + list + "[" + number + "] has no text '" + field + "'");
        }
        return value.asText();
    }

    private static Map<String, Label> labels(Path csv) throws IOException {
        CsvTable table = CsvTable.read(csv, "video_id");
        int id = table.column("video_id");
        int kind = table.column("kind");
        int sound = table.column("sound");
        Map<String, Label> labels = new HashMap<>();
        for (Csv.Row row : table.rows()) {
            List<String> fields = row.fields();
            labels.put(fields.get(id), new Label(fields.get(kind), fields.get(sound)));
        }
        return labels;
    }
}
