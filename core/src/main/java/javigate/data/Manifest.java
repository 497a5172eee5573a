package javigate.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The clips of one split with their captions, read from MSR-VTT's layout: a JSON file with {@code
 * videos} and {@code sentences}, a CSV file that lists the split, a folder of {@code ID.mp4} or
 * {@code ID.webm}. A CSV with a column {@code sentence} gives each clip that one caption (a test
 * list); without, a clip has all its sentences of the JSON file, in file order (a training list).
 *
 * @param items in the order of the CSV file, at least one, ids unique
 */
public record Manifest(List<Item> items) {

    /**
     * One clip.
     *
     * @param videoId its name
     * @param file where its video is, or would be ({@code ID.mp4}) if it is missing
     * @param captions at least one, as written in the file
     * @param sightCaptions captions that tell nothing of the sound; empty where the data has none
     * @param kind SightSound's kind (informative, irrelevant, silent, absent); empty elsewhere
     * @param sound SightSound's sound class (bell, siren, …, none); empty elsewhere
     */
    public record Item(
            String videoId,
            Path file,
            List<String> captions,
            List<String> sightCaptions,
            String kind,
            String sound) {
        public Item {
            captions = List.copyOf(captions);
            sightCaptions = List.copyOf(sightCaptions);
            if (videoId.isBlank() || captions.isEmpty()) {
                throw new IllegalArgumentException(
                        "clip '" + videoId + "' with " + captions.size() + " captions");
            }
        }
    }

    private record Texts(Map<String, List<String>> captions, Map<String, List<String>> sight) {}

    private record Label(String kind, String sound) {}

    public Manifest {
        items = List.copyOf(items);
        if (items.isEmpty()) {
            throw new IllegalArgumentException("a manifest without clips");
        }
    }

    /**
     * Reads a split of a {@link SightSound} folder, with kinds and sight-only captions.
     *
     * @param split train, val or test
     * @throws IOException as {@link #read}
     */
    public static Manifest readSightSound(Path folder, String split) throws IOException {
        return read(
                folder.resolve("data.json"),
                folder.resolve(split + ".csv"),
                folder.resolve("videos"),
                labels(folder.resolve("kinds.csv")));
    }

    /**
     * Reads a split in MSR-VTT's layout. Videos need not be there: see {@link #missing}.
     *
     * @param json MSRVTT_data.json or alike
     * @param csv MSRVTT_train.9k.csv, MSRVTT_JSFUSION_test.csv or alike
     * @param videos folder of the video files
     * @throws IOException if a file is missing or malformed; the message names file and line
     */
    public static Manifest read(Path json, Path csv, Path videos) throws IOException {
        return read(json, csv, videos, Map.of());
    }

    /** The clips whose video file does not exist. */
    public List<Item> missing() {
        return items.stream().filter(item -> !Files.isRegularFile(item.file())).toList();
    }

    private static Manifest read(Path json, Path csv, Path videos, Map<String, Label> labels)
            throws IOException {
        Texts texts = texts(json);
        Table table = Table.read(csv);
        int idColumn = table.column("video_id");
        int sentenceColumn = table.header().indexOf("sentence");
        Map<String, Integer> seen = new HashMap<>();
        List<Item> items = new ArrayList<>();
        for (Csv.Row row : table.rows()) {
            String id = row.fields().get(idColumn);
            String where = csv + " line " + row.line() + ": ";
            Integer earlier = seen.put(id, row.line());
            if (id.isBlank()) {
                throw new IOException(where + "no video_id");
            }
            if (earlier != null) {
                throw new IOException(where + id + " is listed in line " + earlier + " already");
            }
            List<String> captions =
                    sentenceColumn < 0
                            ? texts.captions().getOrDefault(id, List.of())
                            : List.of(row.fields().get(sentenceColumn));
            if (captions.isEmpty()) {
                throw new IOException(where + id + " has no sentence in " + json);
            }
            if (captions.stream().anyMatch(String::isBlank)) {
                throw new IOException(where + id + " has an empty sentence; remove or fill it");
            }
            Label label = labels.getOrDefault(id, new Label("", ""));
            items.add(
                    new Item(
                            id,
                            file(videos, id),
                            captions,
                            texts.sight().getOrDefault(id, List.of()),
                            label.kind(),
                            label.sound()));
        }
        if (items.isEmpty()) {
            throw new IOException(csv + ": lists no clip, only a header");
        }
        return new Manifest(items);
    }

    private static Path file(Path videos, String id) {
        Path mp4 = videos.resolve(id + ".mp4");
        Path webm = videos.resolve(id + ".webm");
        return !Files.exists(mp4) && Files.exists(webm) ? webm : mp4;
    }

    private static Texts texts(Path json) throws IOException {
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(Files.readAllBytes(json));
        } catch (NoSuchFileException e) {
            throw new IOException(json + ": no such file", e);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw new IOException(
                    json + " line " + line + ": not JSON: " + e.getOriginalMessage(), e);
        }
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
        Table table = Table.read(csv);
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

    /** A CSV file with a header whose rows all have as many fields as it. */
    private record Table(Path csv, List<String> header, List<Csv.Row> rows) {
        static Table read(Path csv) throws IOException {
            if (!Files.isRegularFile(csv)) {
                throw new IOException(csv + ": no such file");
            }
            List<Csv.Row> all = Csv.read(csv);
            if (all.isEmpty()) {
                throw new IOException(csv + ": is empty; it needs a header with video_id");
            }
            List<String> header = all.getFirst().fields();
            for (Csv.Row row : all) {
                if (row.fields().size() != header.size()) {
                    throw new IOException(
                            "%s line %d: %d fields, the header has %d; quote fields with commas"
                                    .formatted(
                                            csv, row.line(), row.fields().size(), header.size()));
                }
            }
            return new Table(csv, header, all.subList(1, all.size()));
        }

        int column(String name) throws IOException {
            int column = header.indexOf(name);
            if (column < 0) {
                throw new IOException(csv + " line 1: no column " + name + ", only " + header);
            }
            return column;
        }
    }
}
