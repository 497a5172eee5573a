package javigate.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects the clips of a split, dropping and counting what cannot be one. */
final class SplitBuilder {

    private final Path list;
    private final List<Manifest.Item> items = new ArrayList<>();
    private final Map<String, Integer> lines = new HashMap<>();
    private final List<String> withoutCaptions = new ArrayList<>();
    private int emptyCaptions;

    /** For the ids of this list. */
    SplitBuilder(Path list) {
        this.list = list;
    }

    /**
     * Takes note of an id.
     *
     * @param line of the list
     * @return the start of messages about it
     * @throws IOException if the id is blank or was listed before
     */
    String listed(String id, int line) throws IOException {
        String where = list + " line " + line + ": ";
        if (id.isBlank()) {
            throw new IOException(where + "no id of a video");
        }
        Integer earlier = lines.put(id, line);
        if (earlier != null) {
            throw new IOException(where + id + " is listed in line " + earlier + " already");
        }
        return where;
    }

    /** The captions that are not blank; when none is left, the id is noted as without captions. */
    List<String> kept(String id, List<String> captions) {
        List<String> kept = captions.stream().filter(caption -> !caption.isBlank()).toList();
        emptyCaptions += captions.size() - kept.size();
        if (kept.isEmpty()) {
            withoutCaptions.add(id);
        }
        return kept;
    }

    void add(Manifest.Item item) {
        items.add(item);
    }

    /** Adds a whole video, unless it has no captions. */
    void add(String id, int line, List<String> captions, VideoFolder videos) throws IOException {
        String where = listed(id, line);
        List<String> kept = kept(id, captions);
        if (!kept.isEmpty()) {
            Path file = videos.video(id, where);
            Path sound = videos.sound(id);
            add(new Manifest.Item(id, file, 0, Long.MAX_VALUE, sound, kept, List.of(), "", ""));
        }
    }

    /** Captions of ids that were not listed. */
    int ofOthers(Map<String, ? extends List<?>> captions) {
        return captions.entrySet().stream()
                .filter(entry -> !lines.containsKey(entry.getKey()))
                .mapToInt(entry -> entry.getValue().size())
                .sum();
    }

    /**
     * @throws IOException if no clip is left
     */
    Manifest build(String dataset, String split, Manifest.Role role, int captionsOfOthers)
            throws IOException {
        if (items.isEmpty()) {
            throw new IOException(
                    withoutCaptions.isEmpty()
                            ? list + ": lists no clip"
                            : "%s: lists %d clips but there is no caption for any of them"
                                    .formatted(list, withoutCaptions.size()));
        }
        return new Manifest(
                dataset,
                split,
                role,
                items,
                new Manifest.LeftOut(emptyCaptions, withoutCaptions, captionsOfOthers));
    }
}
