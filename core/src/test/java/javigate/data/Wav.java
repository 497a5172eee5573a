package javigate.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/** Writes sound files. */
final class Wav {

    private Wav() {}

    /** A tone of 300 Hz in 16 bits, mono. */
    static Path write(Path file, int rateHz, int seconds) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(2 * rateHz * seconds).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < rateHz * seconds; i++) {
            bytes.putShort((short) (12_000 * Math.sin(2 * Math.PI * 300 * i / rateHz)));
        }
        AudioFormat format = new AudioFormat(rateHz, 16, 1, true, false);
        try (AudioInputStream sound =
                new AudioInputStream(
                        new ByteArrayInputStream(bytes.array()), format, (long) rateHz * seconds)) {
            AudioSystem.write(sound, AudioFileFormat.Type.WAVE, file.toFile());
        }
        return file;
    }
}
