package javigate.search.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javigate.data.ParquetTable;
import javigate.index.ClipVectors;
import javigate.index.LibraryModel;
import javigate.index.RerankTokens;
import javigate.index.StoredClip;
import org.jspecify.annotations.Nullable;

/**
 * Reads the clips of one part of an export, video by video. Rows must be used up in their order, so
 * nothing is read twice and nothing left out; what a line asks for is compared with what there is
 * before memory is taken for it.
 */
final class PartReader implements Closeable {
    private final Path linesFile;
    private final InputStream lines;
    private final NpyReader frames;
    private final NpyReader framesWithoutSound;
    private final NpyReader soundTokens;
    private final @Nullable NpyReader rerank;
    private @Nullable StoredClip ahead;
    private int line;

    /**
     * @throws IOException if a file is not as the manifest says
     */
    PartReader(Path folder, ExportManifest manifest, int number) throws IOException {
        List<Closeable> open = new ArrayList<>();
        try {
            linesFile = folder.resolve(ExportManifest.name("clips", number, "jsonl"));
            lines = new BufferedInputStream(Files.newInputStream(linesFile));
            open.add(lines);
            NpyType type = manifest.vectors();
            frames = open(open, folder, number, "frames", type);
            framesWithoutSound = open(open, folder, number, "muted_frames", type);
            soundTokens = open(open, folder, number, "sound_tokens", NpyType.F32);
            rerank =
                    manifest.reranker() == null
                            ? null
                            : open(open, folder, number, "rerank", NpyType.F16);
            for (NpyReader reader : List.of(frames, framesWithoutSound, soundTokens)) {
                if (reader.width() != manifest.model().width()) {
                    throw new IOException(
                            "%s: vectors of width %d in part %d, the model's is %d"
                                    .formatted(
                                            folder,
                                            reader.width(),
                                            number,
                                            manifest.model().width()));
                }
            }
            LibraryModel reranker = manifest.reranker();
            if (rerank != null && reranker != null && rerank.width() != reranker.width()) {
                throw new IOException(
                        "%s: tokens of width %d in part %d, the re-ranker's is %d"
                                .formatted(folder, rerank.width(), number, reranker.width()));
            }
            ahead = read();
        } catch (IOException | RuntimeException e) {
            for (Closeable one : open) {
                one.close();
            }
            throw e;
        }
    }

    private static NpyReader open(
            List<Closeable> open, Path folder, int number, String kind, NpyType type)
            throws IOException {
        NpyReader reader =
                new NpyReader(folder.resolve(ExportManifest.name(kind, number, "npy")), type);
        open.add(reader);
        return reader;
    }

    /**
     * The clips of the next video; none after the last.
     *
     * @throws IOException if they cannot be read, naming file and line
     */
    List<StoredClip> nextVideo() throws IOException {
        List<StoredClip> video = new ArrayList<>();
        StoredClip next = ahead;
        while (next != null
                && (video.isEmpty() || next.file().path().equals(video.getFirst().file().path()))) {
            video.add(next);
            next = read();
        }
        ahead = next;
        return video;
    }

    private @Nullable StoredClip read() throws IOException {
        byte[] json = nextLine();
        if (json.length == 0) {
            requireUsedUp();
            return null;
        }
        try {
            ClipLine clip = ExchangeJson.MAPPER.readValue(json, ClipLine.class);
            requireRow("frames begin", clip.frameRow(), frames);
            if (clip.soundTokenRow() != null) {
                requireRow("sound token is", clip.soundTokenRow(), soundTokens);
            }
            ClipVectors vectors =
                    new ClipVectors(
                            frames.take(clip.frameCount()),
                            framesWithoutSound.take(clip.frameCount()),
                            clip.soundTokenRow() == null ? new float[0] : soundTokens.take(1)[0],
                            clip.gates());
            return clip.clip(vectors, tokens(clip));
        } catch (JsonProcessingException | RuntimeException e) { // anything may stand there
            throw new IOException(
                    "%s line %d: %s".formatted(linesFile, line, ExchangeJson.reason(e)), e);
        }
    }

    private @Nullable RerankTokens tokens(ClipLine clip) throws IOException {
        if (rerank == null) {
            return null;
        }
        Integer count = clip.rerankFrames();
        Integer audio = clip.rerankAudio();
        if (count == null || audio == null || count < 1) {
            throw new IllegalArgumentException("nothing for the re-ranker");
        }
        requireRow("tokens for the re-ranker begin", clip.rerankRow(), rerank);
        return RerankTokens.of(rerank.take(count), rerank.take(audio));
    }

    private static void requireRow(String what, @Nullable Long row, NpyReader next) {
        if (row == null || row != next.taken()) {
            throw new IllegalArgumentException(
                    "its %s at row %s, not at %d".formatted(what, row, next.taken()));
        }
    }

    private void requireUsedUp() throws IOException {
        long left = frames.left() + framesWithoutSound.left() + soundTokens.left();
        if (left + (rerank == null ? 0 : rerank.left()) != 0) {
            throw new IOException(linesFile + ": ends before the vectors beside it are used up");
        }
    }

    /** Without its end; empty at the end of the file. */
    private byte[] nextLine() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int next = lines.read();
        for (; next >= 0 && next != '\n'; next = lines.read()) {
            if (text.size() == ParquetTable.MAX_LINE_BYTES) {
                throw new IOException(
                        "%s line %d: longer than %d bytes"
                                .formatted(linesFile, line + 1, ParquetTable.MAX_LINE_BYTES));
            }
            text.write(next);
        }
        line++;
        if (next >= 0 && text.size() == 0) {
            throw new IOException("%s line %d: empty".formatted(linesFile, line));
        }
        return text.toByteArray();
    }

    @Override
    public void close() throws IOException {
        try (lines;
                frames;
                framesWithoutSound;
                soundTokens;
                NpyReader _ = rerank) {
            // all of them
        }
    }
}
