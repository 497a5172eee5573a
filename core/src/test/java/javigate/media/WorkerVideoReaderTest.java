package javigate.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javigate.media.TestClips.Pictures;
import javigate.media.TestClips.Tone;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerVideoReaderTest {

    private static final ClipRequest WHOLE = new ClipRequest(0, Long.MAX_VALUE, 5, 32);

    @TempDir Path folder;
    private Path file = Path.of("");

    @BeforeEach
    void writeClip() {
        file =
                TestClips.write(
                        folder.resolve("clip.mp4"),
                        Pictures.constant("libopenh264", 160, 120, 30, 90),
                        new Tone("aac", 44_100, 3, t -> 0.3));
    }

    @Test
    void answersEqualThoseOfTheReaderInThisProcess() throws IOException {
        try (WorkerVideoReader worker = new WorkerVideoReader();
                FfmpegVideoReader here = new FfmpegVideoReader()) {
            assertEquals(here.probe(file), worker.probe(file));
            Clip expected = here.read(file, WHOLE);
            Clip actual = worker.read(file, WHOLE);
            assertEquals(expected.file(), actual.file());
            assertEquals(expected.endMs(), actual.endMs());
            assertEquals(expected.notes(), actual.notes());
            assertEquals(expected.frames().size(), actual.frames().size());
            for (int i = 0; i < expected.frames().size(); i++) {
                VideoFrame one = expected.frames().get(i);
                VideoFrame other = actual.frames().get(i);
                assertEquals(one.timestampMs(), other.timestampMs());
                assertArrayEquals(one.image().rgb(), other.image().rgb());
            }
            assertArrayEquals(
                    assertInstanceOf(Audio.Waveform.class, expected.audio()).samples(),
                    assertInstanceOf(Audio.Waveform.class, actual.audio()).samples());

            Path text = Files.writeString(folder.resolve("text.mp4"), "No video.\n".repeat(99));
            MediaException e = assertThrows(MediaException.class, () -> worker.read(text, WHOLE));
            assertTrue(
                    String.valueOf(e.getMessage()).startsWith(text + ": not a video"),
                    e.getMessage());
        }
    }

    @Test
    void aWorkerThatDiedBetweenFilesIsReplaced() throws Exception {
        try (WorkerVideoReader worker = new WorkerVideoReader()) {
            assertEquals(90, worker.probe(file).frameCount());
            ProcessHandle process = onlyWorker();
            process.destroyForcibly();
            process.onExit().get(30, TimeUnit.SECONDS);
            assertEquals(90, worker.probe(file).frameCount());
        }
    }

    @Test
    void whereNoProcessStartsTheMessageNamesTheDoctor() throws IOException {
        String home = System.getProperty("java.home");
        Path bin = Files.createDirectories(folder.resolve("jdk/bin"));
        System.setProperty("java.home", folder.resolve("jdk").toString());
        try (WorkerVideoReader worker = new WorkerVideoReader()) {
            MediaException e = assertThrows(MediaException.class, () -> worker.probe(file));
            assertTrue(
                    String.valueOf(e.getMessage())
                            .startsWith(file + ": no decoder process can be started ("),
                    e.getMessage());
            assertTrue(
                    String.valueOf(e.getMessage()).endsWith("; ./javigate doctor tests it"),
                    e.getMessage());
            Path java = Files.writeString(bin.resolve("java"), "#!/bin/sh\nexit 7\n");
            Assumptions.assumeTrue(java.toFile().setExecutable(true));
            e = assertThrows(MediaException.class, () -> worker.probe(file));
            assertEquals(
                    file
                            + ": the decoder process does not start (exit code 7);"
                            + " ./javigate doctor tests it",
                    e.getMessage());
        } finally {
            System.setProperty("java.home", home);
        }
    }

    @Test
    void aCrashAndAHangCostOneFileEach() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "needs kill -STOP");
        var options = new WorkerVideoReader.Options(1, Duration.ofSeconds(6), 256);
        try (WorkerVideoReader worker = new WorkerVideoReader(options)) {
            worker.probe(file);
            ProcessHandle process = onlyWorker();
            signal(process, "STOP");
            Thread.sleep(500); // until all its threads stand still
            MediaException hung = assertThrows(MediaException.class, () -> worker.probe(file));
            assertEquals(
                    file
                            + ": the decoder timed out after 6 s on this file; convert it or leave it"
                            + " out",
                    hung.getMessage());
            assertEquals(90, worker.probe(file).frameCount());
        }
        options = new WorkerVideoReader.Options(1, Duration.ofMinutes(2), 256);
        try (WorkerVideoReader worker = new WorkerVideoReader(options)) {
            worker.probe(file);
            ProcessHandle process = onlyWorker();
            signal(process, "STOP");
            CompletableFuture<Clip> reading = CompletableFuture.supplyAsync(() -> read(worker));
            Thread.sleep(500);
            signal(process, "SEGV");
            signal(process, "CONT");
            ExecutionException crashed =
                    assertThrows(
                            ExecutionException.class, () -> reading.get(180, TimeUnit.SECONDS));
            String message = String.valueOf(crashed.getCause());
            assertTrue(
                    message.contains(file + ": the decoder crashed on this file (exit code"),
                    message);
            assertEquals(90, worker.probe(file).frameCount());
        }
    }

    @Test
    void aWorkerEndsWithItsParentsPipe() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                DecodeWorker.class.getName())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            DataInputStream in = new DataInputStream(process.getInputStream());
            assertEquals(WorkerProtocol.READY, in.readInt());
            process.getOutputStream().close();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aCrashWhileLookingForShotsCostsAPart() throws IOException {
        answerWith("0", new ShotScan.Part(10_000, List.of(4000L), true));
        answerWith("1", new ShotScan.Part(60_000, List.of(50_000L), false));
        String home = System.getProperty("java.home");
        Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
        Files.writeString(
                java,
                """
                #!/bin/sh
                cd "%s" || exit 1
                run=0; [ -e ran ] && run=1
                : > ran
                printf JVG0
                dd bs=1 count=1 > started 2> /dev/null
                cat answer$run
                [ $run = 0 ] && exit 7
                cat > /dev/null
                """
                        .formatted(folder));
        Assumptions.assumeTrue(java.toFile().setExecutable(true));
        System.setProperty("java.home", folder.resolve("jdk").toString());
        try (WorkerVideoReader worker = new WorkerVideoReader()) {
            ShotChanges shots = worker.shotChanges(file);
            assertEquals(List.of(4000L, 50_000L), shots.timesMs());
            assertEquals(
                    List.of(
                            "shot changes from 10000 ms to 40000 ms are unknown: "
                                    + file
                                    + ": the decoder crashed on this file (exit code 7); convert it"
                                    + " or leave it out"),
                    shots.notes());
        } finally {
            System.setProperty("java.home", home);
        }
    }

    private void answerWith(String run, ShotScan.Part part) throws IOException {
        try (DataOutputStream out =
                new DataOutputStream(Files.newOutputStream(folder.resolve("answer" + run)))) {
            out.writeByte(WorkerProtocol.OK);
            WorkerProtocol.writePart(out, part);
        }
    }

    @Test
    void shotsInAnswersAreNotBelieved() throws IOException {
        List<ShotScan.Part> impossible =
                List.of(
                        new ShotScan.Part(30_000, List.of(5000L), true),
                        new ShotScan.Part(30_000, List.of(9000L, 9000L), true),
                        new ShotScan.Part(30_000, List.of(31_000L), true),
                        new ShotScan.Part(19_999, List.of(), true),
                        new ShotScan.Part(-1, List.of(), false));
        for (ShotScan.Part part : impossible) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            WorkerProtocol.writePart(new DataOutputStream(bytes), part);
            assertPartRefused(bytes);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(30_000);
        out.writeInt(Integer.MAX_VALUE);
        assertPartRefused(bytes);
    }

    private static void assertPartRefused(ByteArrayOutputStream bytes) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        IOException e =
                assertThrows(
                        IOException.class,
                        () -> WorkerProtocol.readPart(in, 10_000, List.of(5000L)));
        assertTrue(String.valueOf(e.getMessage()).matches("(shot|[0-9]).*"), e.toString());
    }

    @Test
    void sizesInAnswersAreNotBelieved() throws IOException {
        var request = new WorkerProtocol.Request.Read(file, WHOLE);
        int[][] headers = {
            {Integer.MAX_VALUE}, {0}, {33}, {1, 60_000, 60_000}, {1, -1, 5}, {1, 0, 0}
        };
        for (int[] header : headers) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeLong(1000);
            out.writeInt(header[0]);
            if (header.length > 1) {
                out.writeLong(0);
                out.writeInt(header[1]);
                out.writeInt(header[2]);
            }
            assertRefused(bytes, request);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(1000);
        out.writeInt(1);
        out.writeLong(0);
        out.writeInt(1);
        out.writeInt(1);
        out.write(new byte[3]);
        out.writeByte(2);
        out.writeInt(Integer.MAX_VALUE);
        assertRefused(bytes, request);
    }

    @Test
    void aClosedReaderSaysSo() {
        WorkerVideoReader worker = new WorkerVideoReader();
        worker.close();
        MediaException e = assertThrows(MediaException.class, () -> worker.probe(file));
        assertEquals(file + ": the reader is closed; open another", e.getMessage());
    }

    private static void assertRefused(
            ByteArrayOutputStream answer, WorkerProtocol.Request.Read request) {
        IOException e =
                assertThrows(
                        IOException.class,
                        () ->
                                WorkerProtocol.readClip(
                                        new DataInputStream(
                                                new ByteArrayInputStream(answer.toByteArray())),
                                        request));
        assertTrue(
                String.valueOf(e.getMessage()).length() > 5, "refused by a check, not by the end");
    }

    private Clip read(WorkerVideoReader worker) {
        try {
            return worker.read(file, WHOLE);
        } catch (MediaException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static ProcessHandle onlyWorker() {
        List<ProcessHandle> children =
                ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
        assertEquals(1, children.size(), children.toString());
        return children.getFirst();
    }

    private static void signal(ProcessHandle process, String name) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("/bin/kill", "-" + name, "" + process.pid()).start().waitFor());
    }
}
