package javigate.search;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javigate.data.AboutTable;
import javigate.data.Sidecars;
import javigate.index.AbsolutePath;
import javigate.index.ClipStore;
import javigate.index.ClipVectors;
import javigate.index.Description;
import javigate.index.RerankTokens;
import javigate.index.StoredClip;
import javigate.index.StoredVideo;
import javigate.index.VideoFile;
import javigate.media.Audio;
import javigate.media.Clip;
import javigate.media.MediaException;
import javigate.media.ShotChanges;
import javigate.media.VideoInfo;
import javigate.media.VideoReader;
import javigate.media.WorkerVideoReader;
import javigate.model.ClipEmbedding;
import javigate.model.ClipInput;
import javigate.model.Preprocessing;
import javigate.model.RetrievalModel;
import org.jspecify.annotations.Nullable;

/**
 * Decodes, embeds and stores videos. Each thread has a decoding process of its own, which so meets
 * the parts of one file one after the other and reads its packets once.
 */
final class VideoAdder {

    private static final WorkerVideoReader.Options DECODER =
            new WorkerVideoReader.Options(1, Duration.ofMinutes(2), 2048);

    /** Decoding processes at most: each may take its heap of 2 GiB in the worst case. */
    private static final int MAX_DECODERS = 4;

    private final RetrievalModel model;
    private final @Nullable RetrievalModel reranker;
    private final ClipStore store;
    private final @Nullable AboutTable table;
    private final Sidecars.Folders beside = new Sidecars.Folders();

    /**
     * @param reranker whose tokens the store keeps; perhaps the same model; null for none
     * @param table of what else is said of the videos; null for none
     */
    VideoAdder(
            RetrievalModel model,
            @Nullable RetrievalModel reranker,
            ClipStore store,
            @Nullable AboutTable table) {
        this.table = table;
        this.model = model;
        this.reranker = reranker;
        this.store = store;
    }

    /** See {@link VideoLibrary#add}. */
    AddReport add(List<Path> paths, Consumer<AddReport.Outcome> each) throws IOException {
        VideoFiles.Found found = VideoFiles.find(paths);
        List<Path> files = found.all();
        List<AddReport.Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
        Consumer<AddReport.Outcome> report =
                outcome -> {
                    outcomes.add(outcome);
                    each.accept(outcome);
                };
        found.unreadable().forEach(report);
        AtomicInteger next = new AtomicInteger();
        AtomicBoolean stop = new AtomicBoolean();
        int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MAX_DECODERS);
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> workers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                workers.add(
                        pool.submit(
                                () -> {
                                    addUntilDone(files, found, next, stop, report);
                                    return null;
                                }));
            }
            waitFor(workers, stop);
        }
        return new AddReport(outcomes, found.passedOver());
    }

    /**
     * The clips of a video: the stored ones where it is stored and unchanged, else made now and not
     * stored.
     *
     * @throws IOException if it cannot be used; the message names it
     */
    List<StoredClip> look(Path file) throws IOException {
        Path absolute = AbsolutePath.of(file);
        Optional<StoredVideo> known = store.find(absolute.toString());
        if (known.isPresent()
                && (!Files.exists(absolute) || sameSizeAndTime(known.get().file(), absolute))) {
            return store.clips(absolute.toString());
        }
        try (VideoReader reader = new WorkerVideoReader(DECODER)) {
            VideoInfo info = reader.probe(absolute);
            return embed(reader, VideoFiles.describe(absolute), info, Describer.NOTHING);
        }
    }

    private void addUntilDone(
            List<Path> files,
            VideoFiles.Found found,
            AtomicInteger next,
            AtomicBoolean stop,
            Consumer<AddReport.Outcome> report)
            throws IOException {
        try (VideoReader reader = new WorkerVideoReader(DECODER)) {
            for (int i = next.getAndIncrement();
                    i < files.size() && !stop.get();
                    i = next.getAndIncrement()) {
                Path file = files.get(i);
                report.accept(addFile(reader, file, found.named().contains(file)));
            }
        } catch (IOException | RuntimeException | Error e) { // of an Error the first is told
            stop.set(true);
            throw e;
        }
    }

    /**
     * Waits for all, even when interrupted: threads are asked to stop, never interrupted, which
     * would break a commit under way.
     */
    private static void waitFor(List<Future<?>> workers, AtomicBoolean stop) throws IOException {
        InterruptedException interrupted = null;
        ExecutionException failed = null;
        for (Future<?> worker : workers) {
            boolean done = false;
            while (!done) {
                try {
                    worker.get();
                    done = true;
                } catch (InterruptedException e) {
                    stop.set(true);
                    interrupted = e;
                } catch (ExecutionException e) { // which has set stop
                    failed = failed == null ? e : failed;
                    done = true;
                }
            }
        }
        if (interrupted != null) {
            Thread.currentThread().interrupt();
        }
        switch (failed == null ? interrupted : failed.getCause()) {
            case null -> {}
            case InterruptedException e ->
                    throw new IOException("adding was interrupted; what was reported is stored", e);
            case IOException cause -> throw cause;
            case RuntimeException cause -> throw cause;
            case Throwable cause -> throw new IllegalStateException(cause);
        }
    }

    /** Only a fault of the library itself is thrown; a file's own is an outcome. */
    private AddReport.Outcome addFile(VideoReader reader, Path file, boolean named)
            throws IOException {
        Optional<StoredVideo> known = store.find(file.toString());
        VideoFile now;
        Describer describer;
        boolean told;
        List<StoredClip> clips;
        try {
            boolean untouched = known.isPresent() && sameSizeAndTime(known.get().file(), file);
            Optional<VideoInfo> info =
                    untouched ? Optional.empty() : Optional.of(reader.probe(file));
            now = untouched ? known.get().file() : VideoFiles.describe(file);
            boolean sameContent =
                    known.isPresent() && known.get().file().sha256().equals(now.sha256());
            describer = describer(file, sameContent);
            told =
                    known.isPresent()
                            && describer.isIn(
                                    known.get().descriptionSource(),
                                    file,
                                    !sameContent,
                                    table != null);
            if (untouched && told) {
                return new AddReport.Skipped(file);
            }
            clips =
                    sameContent || info.isEmpty()
                            ? List.of()
                            : embed(
                                    reader,
                                    now,
                                    info.get(),
                                    describer.endingAt(info.get().durationMs()));
        } catch (MediaException | Describer.DescriptionException e) {
            return new AddReport.Failed(file, String.valueOf(e.getMessage()), named);
        } catch (AccessDeniedException e) {
            return new AddReport.Failed(file, file + ": no permission to read it", named);
        } catch (IOException e) {
            return new AddReport.Failed(file, file + ": cannot be read (" + e + ")", named);
        }
        if (clips.isEmpty()) { // the same content, under a new time or with something new said
            Optional<List<StoredClip>> changed =
                    store.changeVideo(
                            file.toString(),
                            stored -> {
                                Describer whole = describer.endingAt(endMs(stored));
                                return stored.stream()
                                        .map(clip -> clip.withFile(now))
                                        .map(clip -> told ? clip : whole.describe(clip))
                                        .toList();
                            });
            if (changed.isEmpty()) { // removed meanwhile: a new one
                return addFile(reader, file, named);
            }
            return told
                    ? new AddReport.Skipped(file)
                    : new AddReport.Described(
                            file,
                            changed.get().size(),
                            describer.endingAt(endMs(changed.get())).problems());
        }
        store.putVideo(clips);
        List<String> notes = clips.stream().flatMap(c -> c.notes().stream()).distinct().toList();
        return new AddReport.Indexed(file, clips.size(), notes);
    }

    private static long endMs(List<StoredClip> clips) {
        return clips.stream().mapToLong(StoredClip::endMs).max().orElseThrow();
    }

    /** What is said of a video that is stored is not given up for what cannot be understood. */
    private Describer describer(Path file, boolean stored) throws IOException {
        try {
            return Describer.of(file, beside, table);
        } catch (IOException e) {
            if (!stored) {
                return Describer.readable(file, beside, table);
            }
            List<StoredClip> clips = store.clips(file.toString());
            String note = Describer.note(e, file);
            if (!clips.isEmpty() && clips.getFirst().notes().contains(note)) {
                return Describer.readable(file, beside, table); // as when the video was added
            }
            throw new Describer.DescriptionException(
                    Describer.reason(e) + "; the library keeps what it knows");
        }
    }

    private static boolean sameSizeAndTime(VideoFile known, Path file) throws IOException {
        return Files.exists(file)
                && known.sizeBytes() == Files.size(file)
                && known.modifiedMs() == Files.getLastModifiedTime(file).toMillis();
    }

    /** The parts that can be decoded; the first that can notes what cannot. */
    private List<StoredClip> embed(
            VideoReader reader, VideoFile file, VideoInfo info, Describer describer)
            throws MediaException {
        List<StoredClip> clips = new ArrayList<>();
        MediaException first = null;
        ShotChanges shots = shots(reader, Path.of(file.path()), info);
        List<String> lost = new ArrayList<>(shots.notes());
        for (Segments.Segment segment : Segments.of(info.durationMs(), shots.timesMs())) {
            try {
                clips.add(describer.describe(embed(reader, file, segment)));
            } catch (MediaException e) {
                first = first == null ? e : first;
                lost.add(
                        "%d to %d ms are lost: %s"
                                .formatted(segment.startMs(), segment.endMs(), e.getMessage()));
            }
        }
        if (clips.isEmpty() && first != null) {
            throw first;
        }
        if (!lost.isEmpty()) {
            clips.set(0, clips.get(0).withNotes(lost));
        }
        return clips;
    }

    /** Without them, what can be embedded still is, in equal parts. */
    static ShotChanges shots(VideoReader reader, Path file, VideoInfo info) {
        if (info.durationMs() < 2 * Segments.MIN_MS) {
            return new ShotChanges(List.of(), List.of());
        }
        try {
            return reader.shotChanges(file);
        } catch (MediaException e) {
            return new ShotChanges(
                    List.of(),
                    List.of("cut into equal parts, its shots are unknown: " + e.getMessage()));
        }
    }

    private StoredClip embed(VideoReader reader, VideoFile file, Segments.Segment segment)
            throws MediaException {
        Clip clip =
                reader.read(
                        Path.of(file.path()),
                        model.preprocessing().request(segment.startMs(), segment.endMs()));
        ClipInput input = model.preprocessing().apply(clip);
        ClipEmbedding embedding = model.embedClips(List.of(input)).get(0);
        List<String> notes = new ArrayList<>(clip.notes());
        String soundState =
                switch (clip.audio()) {
                    case Audio.Waveform _ -> "waveform";
                    case Audio.Silent _ -> "silent";
                    case Audio.Absent absent -> {
                        notes.add(absent.reason());
                        yield "absent";
                    }
                };
        return new StoredClip(
                file,
                segment.startMs(),
                segment.endMs(),
                clip.frames().stream().mapToLong(f -> f.timestampMs()).toArray(),
                new ClipVectors(
                        embedding.frames(),
                        embedding.framesWithoutSound(),
                        embedding.soundToken(),
                        embedding.gates()),
                soundState,
                notes,
                Description.NONE,
                reranking(reader, file, segment, input, embedding));
    }

    /** What the re-ranker looks at; one with another eye reads the segment for itself. */
    private @Nullable RerankTokens reranking(
            VideoReader reader,
            VideoFile file,
            Segments.Segment segment,
            ClipInput input,
            ClipEmbedding embedding)
            throws MediaException {
        if (reranker == null) {
            return null;
        }
        ClipEmbedding own = embedding;
        if (!reranker.equals(model)) {
            Preprocessing preprocessing = reranker.preprocessing();
            ClipInput other = input;
            if (!preprocessing.equals(model.preprocessing())) {
                other =
                        preprocessing.apply(
                                reader.read(
                                        Path.of(file.path()),
                                        preprocessing.request(segment.startMs(), segment.endMs())));
            }
            own = reranker.embedClips(List.of(other)).get(0);
        }
        return RerankTokens.of(own.frames(), own.audio());
    }
}
