package javigate.media;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_DEFAULT;
import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_NONREF;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG1VIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG2VIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG4;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_move_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * Decodes chosen pictures of a file and as little else as possible.
 *
 * <p>Where the container seeks exactly: for each picture to its key frame if that lies ahead, then
 * forward to the frame whose time equals the picture's. What is missing or damaged after that, and
 * everything of other containers, is taken from a decoding of the whole file from its start; what
 * is missing even there is replaced by the last picture before it.
 */
final class FramePicker {

    /**
     * Codecs whose decoders may leave out unreferenced pictures without touching others. HEVC is
     * not among them: "sub-layer non-reference" pictures are referred to from higher temporal
     * layers.
     */
    private static final Set<Integer> SKIPPABLE =
            Set.of(
                    AV_CODEC_ID_H264,
                    AV_CODEC_ID_MPEG1VIDEO,
                    AV_CODEC_ID_MPEG2VIDEO,
                    AV_CODEC_ID_MPEG4);

    private final Path file;
    private final PictureIndex index;
    private final NavigableMap<Integer, RgbImage> found = new TreeMap<>();
    private final NavigableMap<Integer, RgbImage> standIns = new TreeMap<>();
    private final Set<Integer> damaged = new TreeSet<>();
    private final NavigableSet<Integer> missing;
    private int errorsSeen;
    private boolean suspect;

    private FramePicker(Path file, PictureIndex index, int[] wanted) {
        this.file = file;
        this.index = index;
        this.missing = Arrays.stream(wanted).boxed().collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * What could be decoded.
     *
     * @param pictures by their number in the index
     * @param lost wanted pictures that are not among them
     * @param damaged pictures among them that may be damaged
     */
    record Picked(NavigableMap<Integer, RgbImage> pictures, int lost, int damaged) {}

    /**
     * Decodes pictures.
     *
     * @param wanted ascending numbers in the index
     * @throws MediaException if the file cannot be opened or has no decoder
     */
    static Picked pick(Path file, PictureIndex index, int[] wanted) throws MediaException {
        FramePicker picker = new FramePicker(file, index, wanted);
        if (index.timed() && index.seeksExactly()) {
            picker.sparse();
        }
        if (!picker.missing.isEmpty()) {
            picker.linear();
        }
        int lost = picker.missing.size();
        picker.standIns.forEach(picker.found::putIfAbsent);
        return new Picked(picker.found, lost, picker.damaged.size());
    }

    private void sparse() throws MediaException {
        try (MediaInput input = MediaInput.open(file);
                StreamDecoder decoder = StreamDecoder.open(input, index.stream());
                PictureConverter converter = new PictureConverter(index.info().rotationDegrees())) {
            boolean skippable = SKIPPABLE.contains(decoder.codec().codec_id());
            NavigableSet<Integer> all = new TreeSet<>(missing);
            long position = Long.MIN_VALUE;
            for (int number : all) {
                long target = index.pts()[number];
                long key = index.keyAtOrBefore(target);
                if (key > position && key > index.pts()[0]) {
                    if (!decoder.seek(index.stream(), key)) {
                        return;
                    }
                    suspect = false;
                }
                while (position < target
                        && decoder.next(
                                packet -> {
                                    if (skippable) {
                                        decodeOnlyIfNeeded(decoder, packet, all);
                                    }
                                })) {
                    position = decoder.frame().best_effort_timestamp();
                    int at = Arrays.binarySearch(index.pts(), position);
                    if (!suspect(decoder) && at >= 0 && all.contains(at)) {
                        keep(at, converter.convert(decoder.frame()));
                    }
                }
            }
        }
    }

    private void decodeOnlyIfNeeded(StreamDecoder decoder, AVPacket packet, Set<Integer> wanted) {
        int at = Arrays.binarySearch(index.pts(), packet.pts());
        boolean needed = at >= 0 && wanted.contains(at);
        decoder.codec().skip_frame(needed ? AVDISCARD_DEFAULT : AVDISCARD_NONREF);
    }

    private void linear() throws MediaException {
        AVFrame last = av_frame_alloc();
        try (MediaInput input = MediaInput.open(file);
                StreamDecoder decoder = StreamDecoder.open(input, index.stream());
                PictureConverter converter = new PictureConverter(index.info().rotationDegrees())) {
            NavigableSet<Integer> all = new TreeSet<>(missing);
            errorsSeen = 0;
            suspect = false;
            int lastNumber = -1;
            for (int count = 0; !all.isEmpty() && decoder.next(); count++) {
                int place = place(decoder.frame(), count, lastNumber);
                int number = place >= 0 ? place : Math.max(0, -place - 2);
                standIn(all, number, last, lastNumber, converter);
                boolean doubtful = suspect(decoder);
                if (all.remove(place)) {
                    if (doubtful) {
                        damaged.add(number);
                    }
                    keep(number, converter.convert(decoder.frame()));
                }
                lastNumber = number;
                av_frame_unref(last);
                av_frame_move_ref(last, decoder.frame());
            }
            standIn(all, Integer.MAX_VALUE, last, lastNumber, converter);
            if (found.isEmpty() && standIns.isEmpty() && lastNumber >= 0) {
                keepStandIn(lastNumber, converter.convert(last));
            }
        } finally {
            av_frame_free(last);
        }
    }

    /** Gives the last picture to the wanted ones that should have come before {@code next}. */
    private void standIn(
            NavigableSet<Integer> wanted,
            int next,
            AVFrame last,
            int lastNumber,
            PictureConverter converter) {
        Set<Integer> passed = wanted.headSet(next);
        if (!passed.isEmpty() && lastNumber >= 0) {
            keepStandIn(lastNumber, converter.convert(last));
        }
        passed.clear();
    }

    /**
     * The picture's place in the index: by its time, by counting where packets have no times; as
     * {@link Arrays#binarySearch} tells it when no packet has that time.
     */
    private int place(AVFrame frame, int count, int lastNumber) {
        int end = index.pts().length - 1;
        if (!index.timed()) {
            return Math.min(count, end);
        }
        long time = frame.best_effort_timestamp();
        return time == AV_NOPTS_VALUE
                ? Math.min(lastNumber + 1, end)
                : Arrays.binarySearch(index.pts(), time);
    }

    private void keep(int number, @Nullable RgbImage picture) {
        if (picture != null) {
            found.put(number, picture);
            missing.remove(number);
        }
    }

    private void keepStandIn(int number, @Nullable RgbImage picture) {
        if (picture != null) {
            standIns.put(number, picture);
        }
    }

    /**
     * Whether the decoder's present frame may be damaged: something went wrong since the last key
     * frame. How a decoder then patches up depends on what it was spared before, so such pictures
     * are only taken from a decoding of the whole file.
     */
    private boolean suspect(StreamDecoder decoder) {
        AVFrame frame = decoder.frame();
        boolean fresh =
                (frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0
                        || frame.decode_error_flags() != 0
                        || decoder.errors() > errorsSeen;
        errorsSeen = decoder.errors();
        boolean key = (frame.flags() & AVFrame.AV_FRAME_FLAG_KEY) != 0;
        suspect = fresh || (suspect && !key);
        return suspect;
    }
}
