package javigate.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import javigate.media.Audio;
import javigate.media.Clip;
import javigate.media.ClipRequest;
import javigate.media.Fbank;
import javigate.media.FbankConfig;
import javigate.media.FrameTransform;
import javigate.media.RgbImage;

/**
 * How files become a model's input.
 *
 * @param imageSize side of the square picture, pixels
 * @param imageMean per channel, of values in 0..1
 * @param imageStd per channel, above 0
 * @param framesPerSecond pictures considered per second of video
 * @param maxFrames pictures per clip at most
 * @param melBins bins of the filterbank; 0, as {@code timeFrames}, for a model that does not listen
 * @param timeFrames its frames
 * @param fbankMean subtracted from the log energies
 * @param fbankStd half of what they are divided by
 * @param frameShiftMs from one of its frames to the next, above 0; 0 for a shift that adapts to the
 *     track's length, so that the frames span it
 */
public record Preprocessing(
        int imageSize,
        List<Double> imageMean,
        List<Double> imageStd,
        double framesPerSecond,
        int maxFrames,
        int melBins,
        int timeFrames,
        double fbankMean,
        double fbankStd,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) double frameShiftMs) {

    private static final List<Double> CLIP_MEAN = List.of(0.48145466, 0.4578275, 0.40821073);
    private static final List<Double> CLIP_STD = List.of(0.26862954, 0.26130258, 0.27577711);

    public Preprocessing {
        imageMean = List.copyOf(imageMean);
        imageStd = List.copyOf(imageStd);
        if (imageMean.size() != 3
                || imageStd.size() != 3
                || imageStd.stream().anyMatch(s -> !(s > 0))) {
            throw new IllegalArgumentException(
                    "image mean %s and deviation %s: three numbers each, deviations above 0"
                            .formatted(imageMean, imageStd));
        }
        if (imageSize < 1 || maxFrames < 1 || !(framesPerSecond > 0)) {
            throw new IllegalArgumentException(
                    "image size %d, frames %d, %s frames/s: all must be above 0"
                            .formatted(imageSize, maxFrames, framesPerSecond));
        }
        if (!(frameShiftMs >= 0)) {
            throw new IllegalArgumentException(
                    "a frame shift of %s ms; it is above 0, or 0 to adapt".formatted(frameShiftMs));
        }
        if (melBins != 0 || timeFrames != 0) {
            var _ = fbankConfig(melBins, timeFrames, fbankMean, fbankStd, frameShiftMs);
        }
    }

    /** CLIP's pictures and AVIGATE's filterbanks, in the given sizes. */
    public static Preprocessing standard(
            int imageSize, double framesPerSecond, int maxFrames, int melBins, int timeFrames) {
        FbankConfig reference = FbankConfig.REFERENCE;
        return new Preprocessing(
                imageSize,
                CLIP_MEAN,
                CLIP_STD,
                framesPerSecond,
                maxFrames,
                melBins,
                timeFrames,
                reference.mean(),
                reference.std(),
                0);
    }

    /** CLIP's pictures alone, for a model that does not listen. */
    public static Preprocessing ofPictures(int imageSize, double framesPerSecond, int maxFrames) {
        return standard(imageSize, framesPerSecond, maxFrames, 0, 0);
    }

    /** What to read from a file for the part from {@code startMs} to {@code endMs}. */
    public ClipRequest request(long startMs, long endMs) {
        return new ClipRequest(startMs, endMs, framesPerSecond, maxFrames);
    }

    /** The normalised filterbank of a clip's sound, row-major [T·Q]; empty where T and Q are 0. */
    public float[] filterbank(Audio audio) {
        return melBins == 0
                ? new float[0]
                : Fbank.of(
                        audio, fbankConfig(melBins, timeFrames, fbankMean, fbankStd, frameShiftMs));
    }

    private static FbankConfig fbankConfig(
            int melBins, int timeFrames, double mean, double deviation, double shiftMs) {
        FbankConfig.Shift shift =
                shiftMs > 0
                        ? new FbankConfig.Shift.Fixed(shiftMs)
                        : new FbankConfig.Shift.Adaptive();
        return new FbankConfig(melBins, timeFrames, shift, mean, deviation);
    }

    /** Pictures resized, cropped and normalised; sound as a filterbank. */
    public ClipInput apply(Clip clip) {
        float[][] pixels =
                clip.frames().stream()
                        .map(frame -> FrameTransform.resizeAndCrop(frame.image(), imageSize))
                        .map(image -> normalise(image.rgb()))
                        .toArray(float[][]::new);
        return new ClipInput(pixels, filterbank(clip.audio()));
    }

    /** The bytes of a picture of the model's size to its normalised pixels [3·S·S]. */
    public float[] normalise(byte[] rgb) {
        return FrameTransform.normalise(
                new RgbImage(imageSize, imageSize, rgb), array(imageMean), array(imageStd));
    }

    private static float[] array(List<Double> values) {
        float[] result = new float[values.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = values.get(i).floatValue();
        }
        return result;
    }
}
