package javigate.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javigate.media.Audio;
import javigate.media.Clip;
import javigate.media.ClipRequest;
import javigate.media.VideoReader;
import javigate.tensor.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * The clips of one split with their captions. Each caption is a query whose answer is its clip;
 * videos need not be there: see {@link #missing}.
 *
 * @param dataset what the split is part of, for people
 * @param split its name
 * @param role what it is for
 * @param items in the order of the list, at least one, ids unique
 * @param leftOut what the files hold and the manifest does not
 */
public record Manifest(String dataset, String split, Role role, List<Item> items, LeftOut leftOut) {

    /** What a split is for. Whoever selects a model must not do so on a test split. */
    public enum Role {
        TRAINING,
        SELECTION,
        TEST
    }

    /**
     * What is in the files of a split but not among its items.
     *
     * @param emptyCaptions blank captions, dropped
     * @param withoutCaptions listed ids that have no caption, or blank ones only
     * @param captionsOfOthers captions of ids that the list does not name
     */
    public record LeftOut(int emptyCaptions, List<String> withoutCaptions, int captionsOfOthers) {

        /** Nothing. */
        public static final LeftOut NONE = new LeftOut(0, List.of(), 0);

        public LeftOut {
            withoutCaptions = List.copyOf(withoutCaptions);
        }
    }

    /**
     * One clip.
     *
     * @param videoId its name
     * @param file where its video is, or would be if it is missing
     * @param startMs where it begins in the video, at least 0
     * @param endMs where it ends, above {@code startMs}; {@link Long#MAX_VALUE} for the video's end
     * @param soundFile a file with the video's sound, from the video's start on; if it does not
     *     exist, the clip has no sound; null for the video's own track
     * @param captions at least one, as written in the file, none blank; the same may occur twice
     * @param sightCaptions captions that tell nothing of the sound; empty where the data has none
     * @param kind SightSound's kind (informative, irrelevant, silent, absent); empty elsewhere
     * @param sound SightSound's sound class (bell, siren, …, none); empty elsewhere
     */
    public record Item(
            String videoId,
            Path file,
            long startMs,
            long endMs,
            @Nullable Path soundFile,
            List<String> captions,
            List<String> sightCaptions,
            String kind,
            String sound) {
        public Item {
            captions = List.copyOf(captions);
            sightCaptions = List.copyOf(sightCaptions);
            if (videoId.isBlank()
                    || captions.isEmpty()
                    || captions.stream().anyMatch(String::isBlank)) {
                throw new IllegalArgumentException(
                        "clip '%s' with captions %s; an id and captions that are not blank are needed"
                                .formatted(videoId, captions));
            }
            if (startMs < 0 || endMs <= startMs) {
                throw new IllegalArgumentException(
                        "clip '%s' from %d to %d ms".formatted(videoId, startMs, endMs));
            }
        }

        /** A whole video with its own sound. */
        public Item(String videoId, Path file, List<String> captions) {
            this(videoId, file, 0, Long.MAX_VALUE, null, captions, List.of(), "", "");
        }

        /**
         * Decodes pictures and sound of the clip.
         *
         * @param framesPerSecond as in {@link ClipRequest}
         * @param maxFrames likewise
         * @throws IOException if the video or an existing sound file cannot be read
         */
        public Clip read(VideoReader reader, double framesPerSecond, int maxFrames)
                throws IOException {
            long lengthMs = Math.max(1, reader.probe(file).durationMs());
            // A start behind the end is left to the reader, which says so.
            long untilMs = startMs < lengthMs ? Math.min(endMs, lengthMs) : endMs;
            Clip clip =
                    reader.read(
                            file, new ClipRequest(startMs, untilMs, framesPerSecond, maxFrames));
            if (soundFile == null) {
                return clip;
            }
            Audio audio =
                    Files.isRegularFile(soundFile)
                            ? reader.readSound(soundFile, startMs, untilMs)
                            : new Audio.Absent("no sound file");
            return new Clip(
                    clip.file(), clip.startMs(), clip.endMs(), clip.frames(), audio, clip.notes());
        }
    }

    public Manifest {
        items = List.copyOf(items);
        if (items.isEmpty()) {
            throw new IllegalArgumentException("a manifest without clips");
        }
        Set<String> ids = new HashSet<>();
        for (Item item : items) {
            if (!ids.add(item.videoId())) {
                throw new IllegalArgumentException(
                        "clip '" + item.videoId() + "' is in the manifest twice");
            }
        }
    }

    /**
     * Reads a split of a {@link SightSound} folder, with kinds and sight-only captions.
     *
     * @param split train, val or test
     * @throws IOException if a file is missing or malformed; the message names file and line
     */
    public static Manifest readSightSound(Path folder, String split) throws IOException {
        return MsrVtt.sightSound(folder, split);
    }

    /** The clips whose video file does not exist. */
    public List<Item> missing() {
        return items.stream().filter(item -> !Files.isRegularFile(item.file())).toList();
    }

    /**
     * The clips whose video exists: what training goes on with.
     *
     * @param warning told in one line what is left out, if anything is
     * @throws IOException if nothing is left
     */
    public Manifest withoutMissing(Consumer<String> warning) throws IOException {
        List<Item> missing = missing();
        if (missing.isEmpty()) {
            return this;
        }
        if (missing.size() == items.size()) {
            throw new IOException(lack(missing) + "; look with data check");
        }
        warning.accept("WARNING: " + lack(missing) + "; training goes on without them");
        Set<Item> gone = new HashSet<>(missing);
        return new Manifest(
                dataset,
                split,
                role,
                items.stream().filter(item -> !gone.contains(item)).toList(),
                leftOut);
    }

    /**
     * Refuses to go on where a video is missing: a figure over fewer clips is another figure.
     *
     * @return this
     * @throws IOException naming how many are missing
     */
    public Manifest requireVideos() throws IOException {
        List<Item> missing = missing();
        if (!missing.isEmpty()) {
            throw new IOException(
                    lack(missing)
                            + "; figures over the rest would be of another split: add the videos, or"
                            + " take them out of the list");
        }
        return this;
    }

    private String lack(List<Item> missing) {
        return "%s %s: %d of %d videos are missing (%s%s)"
                .formatted(
                        dataset,
                        split,
                        missing.size(),
                        items.size(),
                        missing.stream()
                                .limit(3)
                                .map(item -> item.file().toString())
                                .collect(Collectors.joining(", ")),
                        missing.size() > 3 ? ", …" : "");
    }

    /**
     * What tells this split from another: SHA-256, in hexadecimal, of the items in order, each as
     * its id, a zero byte, its captions with a zero byte after each, and a line feed, in UTF-8.
     */
    public String sha256() {
        StringBuilder text = new StringBuilder();
        for (Item item : items) {
            text.append(item.videoId()).append('\0');
            item.captions().forEach(caption -> text.append(caption).append('\0'));
            text.append('\n');
        }
        return Sha256.of(text.toString());
    }
}
