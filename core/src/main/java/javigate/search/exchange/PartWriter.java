package javigate.search.exchange;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javigate.data.ParquetTable;
import javigate.index.LateInteractionScore;
import javigate.index.RerankTokens;
import javigate.index.StoredClip;
import javigate.index.VectorFormat;
import org.jspecify.annotations.Nullable;

/** Writes the files of one part of an export, clip by clip. */
final class PartWriter implements Closeable {
    private final Path folder;
    private final int number;
    private final VectorFormat vectors;
    private final Path linesFile;
    private final OutputStream lines;
    private final NpyWriter frames;
    private final NpyWriter framesWithoutSound;
    private final NpyWriter pooled;
    private final NpyWriter soundTokens;
    private @Nullable NpyWriter rerank;
    private long clips;

    /**
     * @param folder of the export
     * @param number from 0
     */
    PartWriter(Path folder, int number, NpyType type, int width) throws IOException {
        this.folder = folder;
        this.number = number;
        this.vectors = type.vectors();
        linesFile = file("clips", "jsonl");
        List<Closeable> open = new ArrayList<>();
        try {
            lines = opened(open, new BufferedOutputStream(Files.newOutputStream(linesFile)));
            frames = opened(open, new NpyWriter(file("frames", "npy"), type, width));
            framesWithoutSound =
                    opened(open, new NpyWriter(file("muted_frames", "npy"), type, width));
            pooled = opened(open, new NpyWriter(file("img_emb", "npy"), type, width));
            soundTokens =
                    opened(open, new NpyWriter(file("sound_tokens", "npy"), NpyType.F32, width));
        } catch (IOException | RuntimeException e) {
            for (Closeable one : open) {
                one.close();
            }
            throw e;
        }
    }

    private static <T extends Closeable> T opened(List<Closeable> open, T one) {
        open.add(one);
        return one;
    }

    private Path file(String kind, String ending) throws IOException {
        Path file = folder.resolve(ExportManifest.name(kind, number, ending));
        Files.createDirectories(file.resolveSibling(""));
        return file;
    }

    /** Clips written. */
    long clips() {
        return clips;
    }

    /** Appends a clip. */
    void add(StoredClip clip) throws IOException {
        RerankTokens tokens = clip.reranking();
        if (tokens != null && rerank == null) {
            rerank = new NpyWriter(file("rerank", "npy"), NpyType.F16, tokens.width());
        }
        long rerankRow = rerank == null ? 0 : rerank.rows();
        ClipLine line = ClipLine.of(clip, frames.rows(), soundTokens.rows(), rerankRow);
        lines.write(ExchangeJson.MAPPER.writeValueAsBytes(line));
        lines.write('\n');
        for (float[] frame : clip.vectors().frames()) {
            frames.row(vectors.elements(frame));
        }
        for (float[] frame : clip.vectors().framesWithoutSound()) {
            framesWithoutSound.row(vectors.elements(frame));
        }
        pooled.row(LateInteractionScore.pooled(clip.vectors().frames()));
        if (clip.vectors().soundToken().length > 0) {
            soundTokens.row(clip.vectors().soundToken());
        }
        if (tokens != null && rerank != null) {
            rerank.rows(tokens.values());
        }
        clips++;
    }

    /** Completes the files and describes them. */
    ExportManifest.Part finish() throws IOException {
        for (NpyWriter matrix : List.of(frames, framesWithoutSound, pooled, soundTokens)) {
            matrix.finish();
        }
        if (rerank != null) {
            rerank.finish();
        }
        lines.close();
        ParquetTable.write(linesFile, ClipLine.COLUMNS, file("metadata", "parquet"));
        List<ExportManifest.HashedFile> files = new ArrayList<>();
        for (String name : ExportManifest.names(number, rerank != null)) {
            files.add(ExportManifest.hashed(folder, name));
        }
        return new ExportManifest.Part(clips, frames.rows(), files);
    }

    @Override
    public void close() throws IOException {
        try (lines;
                frames;
                framesWithoutSound;
                pooled;
                soundTokens;
                NpyWriter _ = rerank) {
            // closed in this order's reverse, all of them
        }
    }
}
