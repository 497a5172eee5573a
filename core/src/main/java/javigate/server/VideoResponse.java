package javigate.server;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import javigate.index.VideoFile;
import org.jspecify.annotations.Nullable;

/** Sends a video of the library, whole or in part, in pieces of {@value #PIECE_BYTES} bytes. */
final class VideoResponse {

    private static final int PIECE_BYTES = 1 << 16;

    private static final Map<String, String> TYPES =
            Map.ofEntries(
                    Map.entry("mp4", "video/mp4"),
                    Map.entry("m4v", "video/mp4"),
                    Map.entry("mov", "video/quicktime"),
                    Map.entry("mkv", "video/x-matroska"),
                    Map.entry("webm", "video/webm"),
                    Map.entry("ogv", "video/ogg"),
                    Map.entry("avi", "video/x-msvideo"),
                    Map.entry("mpg", "video/mpeg"),
                    Map.entry("mpeg", "video/mpeg"),
                    Map.entry("vob", "video/mpeg"),
                    Map.entry("ts", "video/mp2t"),
                    Map.entry("mts", "video/mp2t"),
                    Map.entry("m2ts", "video/mp2t"),
                    Map.entry("wmv", "video/x-ms-wmv"),
                    Map.entry("asf", "video/x-ms-asf"),
                    Map.entry("flv", "video/x-flv"),
                    Map.entry("3gp", "video/3gpp"),
                    Map.entry("mxf", "application/mxf"));

    private VideoResponse() {}

    /**
     * Answers with the file, honouring {@code If-None-Match} and, in a GET, {@code Range} and
     * {@code If-Range}.
     *
     * @throws Refusal 404 if the file is no longer the one that was embedded, 416 for a range
     *     outside it
     */
    static void send(Context ctx, VideoFile video) throws IOException {
        Path file = Path.of(video.path());
        requireUnchanged(video);
        String etag = '"' + video.sha256().substring(0, 32) + '"';
        try (SeekableByteChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            ctx.header("Accept-Ranges", "bytes");
            ctx.header("ETag", etag);
            ctx.header("Cache-Control", "private, no-cache");
            if (names(ctx.header("If-None-Match"), etag)) {
                ctx.status(304);
                return;
            }
            boolean head = ctx.method().equals(HandlerType.HEAD);
            String ifRange = ctx.header("If-Range");
            boolean whole = head || (ifRange != null && !ifRange.equals(etag));
            ByteRange range;
            try {
                range = ByteRange.of(whole ? null : ctx.header("Range"), size);
            } catch (Refusal e) {
                ctx.header("Content-Range", "bytes */" + size);
                throw e;
            }
            ctx.contentType(type(file));
            ctx.res().setContentLengthLong(range.length());
            if (range.partial()) {
                ctx.status(206).header("Content-Range", range.contentRange(size));
            }
            if (!head) {
                copy(channel.position(range.from()), range.length(), ctx.outputStream());
            }
        } catch (NoSuchFileException e) {
            throw gone();
        }
    }

    /** Whether a list of entity tags holds one, or any; weak ones count (RFC 9110, 13.1.2). */
    private static boolean names(@Nullable String tags, String etag) {
        return tags != null
                && Arrays.stream(tags.split(","))
                        .map(tag -> tag.strip().replaceFirst("^W/", ""))
                        .anyMatch(tag -> tag.equals(etag) || tag.equals("*"));
    }

    /**
     * Checks that the file on disk is the one that was embedded, by size and time.
     *
     * @throws Refusal 404 if not
     */
    static void requireUnchanged(VideoFile video) throws IOException {
        Path file = Path.of(video.path());
        if (!Files.isRegularFile(file)
                || !Files.isReadable(file)
                || Files.size(file) != video.sizeBytes()
                || Files.getLastModifiedTime(file).toMillis() != video.modifiedMs()) {
            throw gone();
        }
    }

    private static Refusal gone() {
        return new Refusal(404, "the file is gone or has changed since it was added");
    }

    private static void copy(SeekableByteChannel from, long length, OutputStream to)
            throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        long left = length;
        while (left > 0) {
            piece.clear().limit((int) Math.min(PIECE_BYTES, left));
            int count = from.read(piece);
            if (count < 0) {
                throw new IOException("a video became shorter while it was being sent");
            }
            try {
                to.write(piece.array(), 0, count);
            } catch (IOException e) {
                return; // the browser hung up, as it does at every seek
            }
            left -= count;
        }
    }

    /** The media type by the file's ending. */
    static String type(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return TYPES.getOrDefault(
                name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
    }
}
