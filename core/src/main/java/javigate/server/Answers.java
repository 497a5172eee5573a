package javigate.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.List;
import javigate.index.StoredVideo;
import javigate.search.FrameScore;
import javigate.search.Fused;
import javigate.search.Hit;
import javigate.search.Moment;
import javigate.search.Reranked;
import javigate.search.SoundState;
import org.jspecify.annotations.Nullable;

/** What the API says, as JSON: files by name only, for paths are nobody's business. */
final class Answers {

    private Answers() {}

    /**
     * To {@code /api/status}.
     *
     * @param words whether there are captions, subtitles or notes to search
     */
    record Status(String model, long videos, long clips, boolean words) {}

    /** One of {@code /api/videos}. */
    record Video(String name, long durationMs, int segments) {
        static Video of(StoredVideo video) {
            return new Video(
                    nameOf(Path.of(video.file().path())), video.durationMs(), video.segments());
        }
    }

    /** To {@code /api/videos}. */
    record Videos(List<Video> videos) {}

    /**
     * To {@code /api/search}.
     *
     * @param clips in the library
     * @param nothing why probably none is what was asked for; null where one may be
     * @param unread ends of texts that are longer than the model reads
     */
    record Search(
            String query,
            boolean sound,
            long tookMs,
            long clips,
            @Nullable String nothing,
            List<String> unread,
            List<Found> hits) {}

    /**
     * A {@link Hit}.
     *
     * @param video the same number for all hits of a video, from 1 by the rank of its best
     */
    record Found(
            int rank,
            int video,
            String id,
            String file,
            long startMs,
            long endMs,
            long bestMs,
            double score,
            long rankByScore,
            double scoreWithoutSound,
            double soundAdded,
            @Nullable Long rankWithoutSound,
            @Nullable Double relevance,
            SoundState soundState,
            boolean modelListens,
            float[][] gates,
            List<Frame> frames,
            List<String> notes,
            Moment moment,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Fused fused,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Reranked reranked) {
        static Found of(Hit hit, int video) {
            String name = nameOf(hit.file());
            return new Found(
                    hit.rank(),
                    video,
                    hit.id(),
                    name,
                    hit.startMs(),
                    hit.endMs(),
                    hit.bestMs(),
                    hit.score(),
                    hit.rankByScore(),
                    hit.scoreWithoutSound(),
                    hit.soundAdded(),
                    hit.rankWithoutSound(),
                    hit.relevance(),
                    hit.soundState(),
                    hit.modelListens(),
                    hit.gates(),
                    hit.frames().stream().map(Frame::of).toList(),
                    hit.notes().stream().map(note -> withoutFolder(note, hit.file())).toList(),
                    hit.moment(),
                    hit.fused(),
                    hit.reranked());
        }
    }

    /** A {@link FrameScore}. */
    record Frame(
            long timeMs,
            double cosine,
            double cosineWithoutSound,
            double share,
            double localShare,
            double globalShare) {
        static Frame of(FrameScore frame) {
            return new Frame(
                    frame.timeMs(),
                    frame.cosine(),
                    frame.cosineWithoutSound(),
                    frame.share(),
                    frame.localShare(),
                    frame.globalShare());
        }
    }

    /** Whatever went wrong. */
    record Failure(String error) {}

    /** The note with files of the video's folder named by their names alone. */
    private static String withoutFolder(String note, Path file) {
        Path folder = file.getParent();
        return folder == null
                ? note
                : note.replace(folder + file.getFileSystem().getSeparator(), "");
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }
}
