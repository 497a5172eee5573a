package javigate.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javigate.data.ClipSpec.Heard;
import javigate.data.ClipSpec.Sight;
import javigate.data.ClipSpec.Split;
import javigate.data.ClipSpec.Thing;
import javigate.tensor.Sha256;

/** The clips of one SightSound, their captions, and the text files that describe them. */
final class SightSoundMetadata {

    /**
     * A clip with its captions; the pair of val.csv and test.csv is its clip and {@code chosen}.
     */
    record Entry(
            ClipSpec clip,
            List<CaptionText> captions,
            List<CaptionText> sightCaptions,
            CaptionText chosen) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final long seed;
    private final SightSound.Sizes sizes;
    private final List<Entry> entries = new ArrayList<>();

    SightSoundMetadata(long seed, SightSound.Sizes sizes) {
        this.seed = seed;
        this.sizes = sizes;
        add(Split.TRAIN, sizes.train());
        add(Split.VAL, sizes.val());
        add(Split.TEST, sizes.test());
    }

    private void add(Split split, int count) {
        List<ClipSpec> clips = count == 0 ? List.of() : ClipPlan.of(seed, split, count);
        for (int i = 0; i < clips.size(); i++) {
            // The last key keeps these choices apart from those of the plan.
            Draws draws = new Draws(seed, split.key, i, 1);
            ClipGrammar grammar = new ClipGrammar(clips.get(i), draws);
            List<CaptionText> captions = grammar.captions();
            entries.add(
                    new Entry(clips.get(i), captions, grammar.sightCaptions(), draws.of(captions)));
        }
    }

    long seed() {
        return seed;
    }

    List<Entry> entries() {
        return Collections.unmodifiableList(entries);
    }

    private List<Entry> entries(Split split) {
        return entries.stream().filter(entry -> entry.clip().split() == split).toList();
    }

    /** Name and content of every file but sightsound.json, in a fixed order. */
    Map<String, byte[]> files() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("data.json", dataJson());
        files.put("train.csv", utf8(trainCsv()));
        files.put("val.csv", utf8(pairsCsv(Split.VAL)));
        files.put("test.csv", utf8(pairsCsv(Split.TEST)));
        files.put("kinds.csv", utf8(kindsCsv()));
        return files;
    }

    /** SHA-256 over the {@link #files}, in hexadecimal. */
    String sha256() {
        MessageDigest digest = Sha256.digest();
        files().values().forEach(digest::update);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Content of sightsound.json. */
    byte[] summaryJson() {
        ObjectNode root = JSON.createObjectNode();
        root.put("benchmark", "SightSound").put("version", SightSound.VERSION).put("seed", seed);
        root.put("train", sizes.train()).put("val", sizes.val()).put("test", sizes.test());
        root.put("metadata_sha256", sha256());
        ObjectNode ceilings = root.putObject("ceiling_r1");
        for (Split split : List.of(Split.VAL, Split.TEST)) {
            ObjectNode node = ceilings.putObject(split.word());
            ceilingR1(split).forEach((what, percent) -> node.put(what, percent));
        }
        return bytes(root);
    }

    /**
     * Text-to-video R@1 in percent, to two decimals, that a reader of the metadata would reach on
     * the pairs of a split: for each caption one over the number of clips for which all it says is
     * true, averaged; over all ("all"), by kind of clip, and by what the caption names
     * ("caption_both" and so on).
     */
    Map<String, Double> ceilingR1(Split split) {
        List<Entry> pairs = entries(split);
        Map<String, List<Double>> shares = new LinkedHashMap<>();
        shares.put("all", new ArrayList<>());
        for (ClipSpec.Kind kind : ClipSpec.Kind.values()) {
            shares.put(kind.word(), new ArrayList<>());
        }
        for (CaptionText.Names names : CaptionText.Names.values()) {
            shares.put("caption_" + names.word(), new ArrayList<>());
        }
        for (Entry pair : pairs) {
            long fitting =
                    pairs.stream()
                            .filter(other -> pair.chosen().fits(pair.clip(), other.clip()))
                            .count();
            for (String key :
                    List.of(
                            "all",
                            pair.clip().heard().kind().word(),
                            "caption_" + pair.chosen().names().word())) {
                shares.computeIfAbsent(key, k -> new ArrayList<>()).add(1.0 / fitting);
            }
        }
        Map<String, Double> ceilings = new LinkedHashMap<>();
        shares.forEach(
                (key, values) -> {
                    if (!values.isEmpty()) {
                        double sum = values.stream().mapToDouble(Double::doubleValue).sum();
                        ceilings.put(key, StrictMath.rint(1e4 * sum / values.size()) / 100);
                    }
                });
        return ceilings;
    }

    private byte[] dataJson() {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode videos = root.putArray("videos");
        ArrayNode sentences = root.putArray("sentences");
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            ClipSpec clip = entry.clip();
            ObjectNode video = videos.addObject();
            video.put("id", i).put("video_id", clip.videoId()).put("split", clip.split().word());
            video.put("category", clip.heard().kind().category);
            video.put("url", "videos/" + clip.videoId() + ".mp4");
            ArrayNode sight = video.putArray("sight_captions");
            entry.sightCaptions().forEach(caption -> sight.add(caption.text()));
            for (CaptionText caption : entry.captions()) {
                sentences
                        .addObject()
                        .put("sen_id", sentences.size() - 1)
                        .put("video_id", clip.videoId())
                        .put("caption", caption.text())
                        .put("names", caption.names().word());
            }
        }
        return bytes(root);
    }

    private String trainCsv() {
        StringBuilder csv = new StringBuilder("video_id\n");
        entries(Split.TRAIN).forEach(entry -> csv.append(entry.clip().videoId()).append('\n'));
        return csv.toString();
    }

    private String pairsCsv(Split split) {
        StringBuilder csv = new StringBuilder("key,vid_key,video_id,sentence\n");
        List<Entry> pairs = entries(split);
        for (int i = 0; i < pairs.size(); i++) {
            String id = pairs.get(i).clip().videoId();
            csv.append(Csv.line(List.of("ret" + i, id, id, pairs.get(i).chosen().text())));
        }
        return csv.toString();
    }

    private String kindsCsv() {
        StringBuilder csv =
                new StringBuilder(
                        "video_id,split,kind,sound,group,shape,colour,size,motion,others,background,"
                                + "tint,duration_ms,frames_per_second,jitter_pixels,"
                                + "brightness_percent,video_bitrate,pitch_percent,tempo_percent,"
                                + "loudness_percent,onset_ms\n");
        for (Entry entry : entries) {
            ClipSpec clip = entry.clip();
            Sight sight = clip.sight();
            Heard heard = clip.heard();
            String others =
                    sight.things().stream()
                            .skip(1)
                            .map(thing -> String.join(" ", attributes(thing)))
                            .collect(Collectors.joining(";"));
            List<String> fields = new ArrayList<>();
            fields.add(clip.videoId());
            fields.add(clip.split().word());
            fields.add(heard.kind().word());
            fields.add(heard.source().word());
            fields.add(clip.group());
            fields.addAll(attributes(sight.main()));
            fields.add(others);
            fields.add(lower(sight.background()));
            fields.add(lower(sight.tint()));
            for (int number :
                    new int[] {
                        sight.durationMs(),
                        sight.framesPerSecond(),
                        sight.jitterPixels(),
                        sight.brightnessPercent(),
                        sight.videoBitrate(),
                        heard.pitchPercent(),
                        heard.tempoPercent(),
                        heard.loudnessPercent(),
                        heard.onsetMs()
                    }) {
                fields.add(Integer.toString(number));
            }
            csv.append(Csv.line(fields));
        }
        return csv.toString();
    }

    private static List<String> attributes(Thing thing) {
        return List.of(
                lower(thing.shape()),
                lower(thing.colour()),
                lower(thing.size()),
                lower(thing.motion()));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static byte[] bytes(ObjectNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree of texts and numbers is always valid JSON", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
