package javigate.media;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Prints what the reader takes from files, one line per picture, for comparison with other tools:
 * {@code SampleDump FRAMES_PER_SECOND MAX_FRAMES OUTPUT_FOLDER FILE…}. The pictures are written as
 * raw RGB to {@code OUTPUT_FOLDER/FILE_NAME.NUMBER.rgb}.
 */
final class SampleDump {

    private SampleDump() {}

    public static void main(String[] args) throws Exception {
        double rate = Double.parseDouble(args[0]);
        int max = Integer.parseInt(args[1]);
        Path folder = Path.of(args[2]);
        try (VideoReader reader = new FfmpegVideoReader()) {
            for (int f = 3; f < args.length; f++) {
                dump(reader, Path.of(args[f]), new ClipRequest(0, 86_400_000, rate, max), folder);
            }
        }
    }

    private static void dump(VideoReader reader, Path file, ClipRequest request, Path folder)
            throws Exception {
        long begin = System.nanoTime();
        Clip clip;
        try {
            clip = reader.read(file, request);
        } catch (MediaException e) {
            System.out.println("error\t" + e.getMessage());
            return;
        }
        long ms = (System.nanoTime() - begin) / 1_000_000;
        PictureIndex index = PictureIndex.scan(file);
        String sound =
                switch (clip.audio()) {
                    case Audio.Waveform wave -> "waveform " + wave.samples().length;
                    case Audio.Silent silent -> "silent " + silent.sampleCount();
                    case Audio.Absent absent -> "absent: " + absent.reason();
                };
        System.out.printf(
                "file\t%s\t%s\tstream=%d\t%s\t%d ms\t%s%n",
                file.getFileName(), index.info(), index.stream(), sound, ms, clip.notes());
        for (int i = 0; i < clip.frames().size(); i++) {
            VideoFrame frame = clip.frames().get(i);
            int number = 0;
            while (index.timesUs()[number] / 1000 < frame.timestampMs()) {
                number++;
            }
            System.out.printf(
                    "frame\t%d\t%d\t%d\t%dx%d%n",
                    i, number, frame.timestampMs(), frame.image().width(), frame.image().height());
            Files.write(folder.resolve(file.getFileName() + "." + i + ".rgb"), frame.image().rgb());
        }
    }
}
