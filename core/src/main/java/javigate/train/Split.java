package javigate.train;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import javigate.data.ClipCache;
import javigate.data.Manifest;
import javigate.model.Preprocessing;
import javigate.model.clip.ClipTokenizer;

/**
 * A split ready for training.
 *
 * @param manifest its clips
 * @param batches tensors of them
 * @param captions token ids of every caption of every clip
 * @param sightCaptions the same of the captions that name only what is seen
 */
record Split(
        Manifest manifest,
        Batches batches,
        List<List<int[]>> captions,
        List<List<int[]>> sightCaptions) {

    /** A caption of a clip, by their places. */
    record Pair(int clip, int caption) {}

    static Split of(
            Manifest manifest,
            ClipCache cache,
            Preprocessing preprocessing,
            ClipTokenizer tokenizer,
            int words) {
        return new Split(
                manifest,
                new Batches(cache, preprocessing),
                manifest.items().stream().map(i -> encode(tokenizer, i.captions(), words)).toList(),
                manifest.items().stream()
                        .map(i -> encode(tokenizer, i.sightCaptions(), words))
                        .toList());
    }

    private static List<int[]> encode(ClipTokenizer tokenizer, List<String> captions, int words) {
        return captions.stream().map(c -> tokenizer.encode(c, words)).toList();
    }

    int size() {
        return manifest.items().size();
    }

    /** Every caption with its clip, in the manifest's order. */
    List<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>();
        for (int clip = 0; clip < captions.size(); clip++) {
            for (int caption = 0; caption < captions.get(clip).size(); caption++) {
                pairs.add(new Pair(clip, caption));
            }
        }
        return pairs;
    }

    int[] caption(Pair pair) {
        return captions.get(pair.clip()).get(pair.caption());
    }

    /** One caption of each clip, drawn. */
    static List<int[]> draw(List<List<int[]>> captions, int[] clips, RandomGenerator random) {
        return java.util.Arrays.stream(clips)
                .mapToObj(captions::get)
                .map(own -> own.get(random.nextInt(own.size())))
                .toList();
    }

    /** The first caption of each clip. */
    static List<int[]> first(List<List<int[]>> captions) {
        return captions.stream().map(own -> own.get(0)).toList();
    }
}
