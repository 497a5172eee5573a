package javigate.media;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.concurrent.LinkedTransferQueue;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.swresample;
import org.bytedeco.ffmpeg.global.swscale;

/**
 * The process in which {@link WorkerVideoReader} decodes: requests come in on standard input,
 * answers leave on standard output, and when the input closes the process ends, whatever it is
 * doing.
 */
public final class DecodeWorker {

    private DecodeWorker() {}

    /** Serves until standard input closes. */
    public static void main(String[] args) throws IOException, InterruptedException {
        DataOutputStream out =
                new DataOutputStream(
                        new BufferedOutputStream(
                                new FileOutputStream(FileDescriptor.out), 1 << 16));
        // Whatever a library prints must not get between the answers.
        System.setOut(System.err);
        avcodec.avcodec_version();
        swscale.swscale_version();
        swresample.swresample_version();
        LinkedTransferQueue<WorkerProtocol.Request> requests = new LinkedTransferQueue<>();
        Thread.ofPlatform().daemon().name("requests").start(() -> receive(requests));
        out.writeInt(WorkerProtocol.READY);
        out.flush();
        try (FfmpegVideoReader reader = new FfmpegVideoReader()) {
            while (true) {
                answer(reader, requests.take(), out);
                out.flush();
            }
        }
    }

    /** Hands requests on; the parent's end is this process's end, also during a long decoding. */
    private static void receive(LinkedTransferQueue<WorkerProtocol.Request> requests) {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(System.in))) {
            while (true) {
                requests.put(WorkerProtocol.readRequest(in));
            }
        } catch (IOException e) {
            Runtime.getRuntime().halt(0);
        }
    }

    private static void answer(
            FfmpegVideoReader reader, WorkerProtocol.Request request, DataOutputStream out)
            throws IOException {
        try {
            switch (request) {
                case WorkerProtocol.Request.Probe probe -> {
                    VideoInfo info = reader.probe(probe.file());
                    out.writeByte(WorkerProtocol.OK);
                    WorkerProtocol.writeInfo(out, info);
                }
                case WorkerProtocol.Request.Read read -> {
                    Clip clip = reader.read(read.file(), read.part());
                    out.writeByte(WorkerProtocol.OK);
                    WorkerProtocol.writeClip(out, clip);
                }
                case WorkerProtocol.Request.Sound sound -> {
                    Audio audio = reader.readSound(sound.file(), sound.startMs(), sound.endMs());
                    out.writeByte(WorkerProtocol.OK);
                    WorkerProtocol.writeAudio(out, audio);
                }
                case WorkerProtocol.Request.Shots shots -> {
                    try (ShotScan scan = reader.scanShots(shots.file(), shots.fromMs())) {
                        out.writeByte(WorkerProtocol.OK);
                        boolean more = true;
                        while (more) {
                            ShotScan.Part part = scan.next();
                            WorkerProtocol.writePart(out, part);
                            out.flush();
                            more = part.more();
                        }
                    }
                }
            }
        } catch (MediaException e) {
            out.writeByte(WorkerProtocol.REFUSED);
            WorkerProtocol.writeText(out, String.valueOf(e.getMessage()));
        }
    }
}
