package javigate.search.exchange;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javigate.index.ClipVectors;
import javigate.index.Description;
import javigate.index.RerankTokens;
import javigate.index.StoredClip;
import javigate.index.TextLine;
import javigate.index.VideoFile;
import org.jspecify.annotations.Nullable;

/**
 * A clip in JSON: everything but its vectors, and the rows these have in the files of its part.
 *
 * @param durationMs for readers; end minus start
 * @param caption for readers; the first of {@code texts}
 * @param frameRow first of {@code frameCount} rows in {@code frames} and {@code muted_frames}
 * @param soundTokenRow in {@code sound_tokens}; null where the model does not listen
 * @param rerankRow first row in {@code rerank}: {@code rerankFrames} of frames, then {@code
 *     rerankAudio} of sound; null without a re-ranker
 */
record ClipLine(
        String id,
        String path,
        String sha256,
        long sizeBytes,
        long modifiedMs,
        long startMs,
        long endMs,
        long durationMs,
        @Nullable String caption,
        String soundState,
        float[][] gates,
        int frameCount,
        long[] frameTimesMs,
        long frameRow,
        @Nullable Long soundTokenRow,
        @Nullable Long rerankRow,
        @Nullable Integer rerankFrames,
        @Nullable Integer rerankAudio,
        List<String> notes,
        Map<String, List<String>> metadata,
        List<TextLine> texts,
        String descriptionSource) {

    /** The columns of the Parquet files: DuckDB's types. */
    static final Map<String, String> COLUMNS = columns();

    private static Map<String, String> columns() {
        Map<String, String> columns = new LinkedHashMap<>();
        List.of("id", "path", "sha256").forEach(name -> columns.put(name, "VARCHAR"));
        List.of("size_bytes", "modified_ms", "start_ms", "end_ms", "duration_ms")
                .forEach(name -> columns.put(name, "BIGINT"));
        List.of("caption", "sound_state").forEach(name -> columns.put(name, "VARCHAR"));
        columns.put("gates", "FLOAT[][]");
        columns.put("frame_count", "INTEGER");
        columns.put("frame_times_ms", "BIGINT[]");
        List.of("frame_row", "sound_token_row", "rerank_row")
                .forEach(name -> columns.put(name, "BIGINT"));
        List.of("rerank_frames", "rerank_audio").forEach(name -> columns.put(name, "INTEGER"));
        columns.put("notes", "VARCHAR[]");
        columns.put("metadata", "MAP(VARCHAR, VARCHAR[])");
        columns.put(
                "texts", "STRUCT(kind VARCHAR, start_ms BIGINT, end_ms BIGINT, text VARCHAR)[]");
        columns.put("description_source", "VARCHAR");
        return columns;
    }

    /**
     * @param frameRow where its frames begin
     * @param soundTokenRow where its sound token is, if it has one
     * @param rerankRow where its re-ranker's tokens begin, if it has some
     */
    static ClipLine of(StoredClip clip, long frameRow, long soundTokenRow, long rerankRow) {
        VideoFile file = clip.file();
        RerankTokens tokens = clip.reranking();
        List<TextLine> texts = clip.description().texts();
        return new ClipLine(
                clip.id(),
                file.path(),
                file.sha256(),
                file.sizeBytes(),
                file.modifiedMs(),
                clip.startMs(),
                clip.endMs(),
                clip.endMs() - clip.startMs(),
                texts.isEmpty() ? null : texts.getFirst().text(),
                clip.soundState(),
                clip.vectors().gates(),
                clip.frameTimesMs().length,
                clip.frameTimesMs(),
                frameRow,
                clip.vectors().soundToken().length == 0 ? null : soundTokenRow,
                tokens == null ? null : rerankRow,
                tokens == null ? null : tokens.frameCount(),
                tokens == null ? null : tokens.audioCount(),
                clip.notes(),
                clip.description().metadata(),
                texts,
                clip.description().source());
    }

    /**
     * The clip with its vectors.
     *
     * @throws IllegalArgumentException if they make no clip
     */
    StoredClip clip(ClipVectors vectors, @Nullable RerankTokens tokens) {
        StoredClip clip =
                new StoredClip(
                        new VideoFile(path, sizeBytes, modifiedMs, sha256),
                        startMs,
                        endMs,
                        frameTimesMs,
                        vectors,
                        soundState,
                        notes,
                        new Description(metadata, texts, descriptionSource),
                        tokens);
        if (!clip.id().equals(id)) {
            throw new IllegalArgumentException(path + ": its id is " + clip.id() + ", not " + id);
        }
        return clip;
    }
}
