package javigate.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import javigate.media.Audio;
import javigate.media.Clip;
import javigate.media.MediaException;
import javigate.media.VideoReader;
import org.jspecify.annotations.Nullable;

/**
 * What is there of a split and what is not.
 *
 * @param dataset what the split is part of
 * @param split its name
 * @param role what it is for
 * @param clips in the split
 * @param found clips whose video exists
 * @param missing the other videos
 * @param corrupt why a clip's video or sound file cannot be read, one line each
 * @param damaged what is lost of clips that can be read, one line each
 * @param withoutAudio clips that can be read but have no usable sound
 * @param silent clips whose sound is digital silence
 * @param captions how many there are
 * @param leftOut what the files hold and the split does not
 * @param sha256 {@link Manifest#sha256}
 */
public record SplitCheck(
        String dataset,
        String split,
        Manifest.Role role,
        int clips,
        int found,
        List<String> missing,
        List<String> corrupt,
        List<String> damaged,
        List<String> withoutAudio,
        int silent,
        Captions captions,
        Manifest.LeftOut leftOut,
        String sha256) {

    /** Pictures decoded of each clip: its first and one near its end show most damage. */
    private static final int FRAMES = 2;

    public SplitCheck {
        missing = List.copyOf(missing);
        corrupt = List.copyOf(corrupt);
        damaged = List.copyOf(damaged);
        withoutAudio = List.copyOf(withoutAudio);
    }

    /**
     * Captions of a split.
     *
     * @param total all
     * @param least of one clip
     * @param median over clips, the lower one of two
     * @param most of one clip
     * @param duplicates those that their own clip has already
     */
    public record Captions(int total, int least, int median, int most, int duplicates) {
        static Captions of(Manifest manifest) {
            List<Integer> counts =
                    manifest.items().stream().map(item -> item.captions().size()).sorted().toList();
            return new Captions(
                    counts.stream().mapToInt(Integer::intValue).sum(),
                    counts.getFirst(),
                    counts.get((counts.size() - 1) / 2),
                    counts.getLast(),
                    manifest.items().stream()
                            .mapToInt(
                                    item ->
                                            item.captions().size()
                                                    - new HashSet<>(item.captions()).size())
                            .sum());
        }
    }

    /** Whether all clips are there and can be read. */
    public boolean good() {
        return missing.isEmpty() && corrupt.isEmpty();
    }

    /** What a clip is read from; splits share some. */
    private record Source(Path file, long startMs, long endMs, @Nullable Path soundFile) {
        static Source of(Manifest.Item item) {
            return new Source(item.file(), item.startMs(), item.endMs(), item.soundFile());
        }
    }

    private sealed interface Seen {
        record Missing() implements Seen {}

        record Corrupt(String why) implements Seen {}

        record Read(Audio audio, List<String> notes) implements Seen {}
    }

    /**
     * Reads a little of every clip of some splits, each only once.
     *
     * @param readers one per thread
     * @param progress told the number of clips read so far, of {@link #distinctClips}
     * @throws IOException if reading was interrupted; what is wrong with files is in the result
     */
    public static List<SplitCheck> of(
            List<Manifest> splits, List<? extends VideoReader> readers, IntConsumer progress)
            throws IOException {
        List<Manifest.Item> items = distinct(splits);
        Map<Source, Seen> seen = new ConcurrentHashMap<>();
        AtomicInteger done = new AtomicInteger();
        Parallel.run(
                readers.size(),
                items.size(),
                (thread, i) -> {
                    seen.put(Source.of(items.get(i)), look(items.get(i), readers.get(thread)));
                    progress.accept(done.incrementAndGet());
                });
        return splits.stream().map(split -> of(split, seen)).toList();
    }

    /** Clips that {@link #of} reads. */
    public static int distinctClips(List<Manifest> splits) {
        return distinct(splits).size();
    }

    private static List<Manifest.Item> distinct(List<Manifest> splits) {
        Map<Source, Manifest.Item> items = new LinkedHashMap<>();
        for (Manifest split : splits) {
            split.items().forEach(item -> items.putIfAbsent(Source.of(item), item));
        }
        return List.copyOf(items.values());
    }

    private static Seen look(Manifest.Item item, VideoReader reader) throws IOException {
        if (!Files.isRegularFile(item.file())) {
            return new Seen.Missing();
        }
        try {
            Clip clip = item.read(reader, 1, FRAMES);
            return new Seen.Read(clip.audio(), clip.notes());
        } catch (MediaException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return new Seen.Corrupt(String.valueOf(e.getMessage()));
        }
    }

    private static SplitCheck of(Manifest manifest, Map<Source, Seen> seen) {
        List<String> missing = new ArrayList<>();
        List<String> corrupt = new ArrayList<>();
        List<String> damaged = new ArrayList<>();
        List<String> withoutAudio = new ArrayList<>();
        int silent = 0;
        for (Manifest.Item item : manifest.items()) {
            switch (seen.get(Source.of(item))) {
                case Seen.Corrupt(String why) -> corrupt.add(why);
                case Seen.Read(Audio audio, List<String> notes) -> {
                    if (!notes.isEmpty()) {
                        damaged.add(item.file() + ": " + String.join(", ", notes));
                    }
                    if (audio instanceof Audio.Absent absent) {
                        withoutAudio.add(item.videoId() + ": " + absent.reason());
                    } else if (audio instanceof Audio.Silent) {
                        silent++;
                    }
                }
                case Seen.Missing _ -> missing.add(item.file().toString());
                case null -> throw new IllegalStateException(item + " was not looked at");
            }
        }
        return new SplitCheck(
                manifest.dataset(),
                manifest.split(),
                manifest.role(),
                manifest.items().size(),
                manifest.items().size() - missing.size(),
                missing,
                corrupt,
                damaged,
                withoutAudio,
                silent,
                Captions.of(manifest),
                manifest.leftOut(),
                manifest.sha256());
    }
}
