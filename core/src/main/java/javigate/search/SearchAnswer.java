package javigate.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a search found.
 *
 * @param hits best first
 * @param compared clips that the query was compared with
 * @param nothing why probably no clip is what was asked for, in words; empty where one may be, or
 *     nothing is known of it
 */
public record SearchAnswer(List<Hit> hits, long compared, Optional<String> nothing) {
    /** Copies the list. */
    public SearchAnswer {
        hits = List.copyOf(hits);
    }

    /** The hits of each video, the video with the best hit first. */
    public List<List<Hit>> byVideo() {
        Map<String, List<Hit>> videos = new LinkedHashMap<>();
        for (Hit hit : hits) {
            videos.computeIfAbsent(hit.file().toString(), _ -> new ArrayList<>()).add(hit);
        }
        return List.copyOf(videos.values());
    }
}
