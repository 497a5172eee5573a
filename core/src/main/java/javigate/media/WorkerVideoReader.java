package javigate.media;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads videos in other processes, so that a file that crashes or hangs a decoder costs that file
 * and nothing else. Results equal {@link FfmpegVideoReader}'s.
 *
 * <p>Each worker is a JVM with this one's class path, started at the first request that needs it
 * and used for all that follow; one that crashed or ran out of time is replaced at the next
 * request. Workers end with this process. Safe for use by many threads; as many files as there are
 * workers are decoded at a time.
 */
public final class WorkerVideoReader implements VideoReader {

    /**
     * How the workers run.
     *
     * @param workers processes at most, 1..64
     * @param timeLimit for one request, above 0; after it the worker is killed
     * @param heapMb largest Java heap of a worker in MiB, at least 64
     */
    public record Options(int workers, Duration timeLimit, int heapMb) {

        /** One worker, 60 s, 2 GiB. */
        public static final Options DEFAULT = new Options(1, Duration.ofSeconds(60), 2048);

        public Options {
            if (workers < 1 || workers > 64 || !timeLimit.isPositive() || heapMb < 64) {
                throw new IllegalArgumentException(
                        "%d workers, %s per file, %d MiB; 1 to 64, above 0, at least 64 are needed"
                                .formatted(workers, timeLimit, heapMb));
            }
        }
    }

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    /** How much of a video a failure while looking for shot changes costs, milliseconds. */
    private static final long LOST_SHOTS_MS = 30_000;

    /** Such failures in one file after which its rest is not looked at. */
    private static final int MAX_LOST_SHOTS = 3;

    private final Options options;
    private final BlockingQueue<Worker> idle;
    private final List<Worker> all = new ArrayList<>();
    private final ScheduledExecutorService watchdog =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("decoder-watchdog").factory());

    /** Nothing is started yet. */
    public WorkerVideoReader(Options options) {
        this.options = options;
        this.idle = new ArrayBlockingQueue<>(options.workers());
        for (int i = 0; i < options.workers(); i++) {
            all.add(new Worker());
        }
        idle.addAll(all);
    }

    /** With {@link Options#DEFAULT}. */
    public WorkerVideoReader() {
        this(Options.DEFAULT);
    }

    @Override
    public VideoInfo probe(Path file) throws MediaException {
        return ask(
                file,
                new WorkerProtocol.Request.Probe(file),
                (in, _) -> WorkerProtocol.readInfo(in));
    }

    @Override
    public Clip read(Path file, ClipRequest request) throws MediaException {
        WorkerProtocol.Request.Read read = new WorkerProtocol.Request.Read(file, request);
        return ask(file, read, (in, _) -> WorkerProtocol.readClip(in, read));
    }

    @Override
    public Audio readSound(Path file, long startMs, long endMs) throws MediaException {
        return ask(
                file,
                new WorkerProtocol.Request.Sound(file, startMs, endMs),
                (in, _) -> WorkerProtocol.readAudio(in));
    }

    /** The time limit is for each ten seconds of video. */
    @Override
    public ShotChanges shotChanges(Path file) throws MediaException {
        ShotsSoFar shots = new ShotsSoFar();
        boolean whole = false;
        while (!whole) {
            long fromMs = shots.reachedMs;
            shots.begun = false;
            try {
                ask(file, new WorkerProtocol.Request.Shots(file, fromMs), shots);
                whole = true;
            } catch (MediaException e) {
                if (!shots.begun && fromMs == 0) {
                    throw e;
                }
                long lostMs = shots.reachedMs;
                shots.reachedMs += LOST_SHOTS_MS;
                whole = !shots.begun || shots.notes.size() == MAX_LOST_SHOTS;
                shots.notes.add(
                        "shot changes from %d ms %s are unknown: %s"
                                .formatted(
                                        lostMs,
                                        whole ? "on" : "to " + shots.reachedMs + " ms",
                                        e.getMessage()));
            }
        }
        return new ShotChanges(shots.cuts, shots.notes);
    }

    /** Outlives the workers that fail on a file. */
    private static final class ShotsSoFar implements Answer<Boolean> {
        private final List<Long> cuts = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();
        private long reachedMs;
        private boolean begun;

        @Override
        public Boolean readFrom(DataInputStream in, Worker.TimeLimit limit) throws IOException {
            begun = true;
            boolean more = true;
            while (more) {
                ShotScan.Part part = WorkerProtocol.readPart(in, reachedMs, cuts);
                cuts.addAll(part.cutsMs());
                reachedMs = part.untilMs();
                more = part.more();
                limit.renew();
            }
            return true;
        }
    }

    private interface Answer<T> {
        T readFrom(DataInputStream in, Worker.TimeLimit limit) throws IOException;
    }

    private <T> T ask(Path file, WorkerProtocol.Request request, Answer<T> answer)
            throws MediaException {
        Worker worker;
        try {
            worker = idle.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MediaException(file + ": interrupted while waiting for a decoder");
        }
        try {
            return worker.ask(file, request, answer);
        } finally {
            idle.add(worker);
        }
    }

    /** Ends the workers; requests under way fail. */
    @Override
    public void close() {
        watchdog.shutdownNow();
        all.forEach(Worker::close);
    }

    /** A place for one process, used by one thread at a time. */
    private final class Worker {

        private volatile @Nullable Process process;
        private volatile boolean outOfTime;
        private volatile boolean closed;
        private @Nullable DataInputStream in;
        private @Nullable DataOutputStream out;

        <T> T ask(Path file, WorkerProtocol.Request request, Answer<T> answer)
                throws MediaException {
            if (closed) {
                throw new MediaException(file + ": the reader is closed; open another");
            }
            Process running = process;
            DataInputStream input = in;
            DataOutputStream output = out;
            if (running == null
                    || !running.isAlive()
                    || outOfTime
                    || input == null
                    || output == null) {
                running = start(file);
                input =
                        new DataInputStream(
                                new BufferedInputStream(running.getInputStream(), 1 << 16));
                output = new DataOutputStream(new BufferedOutputStream(running.getOutputStream()));
                awaitReady(file, running, input);
                in = input;
                out = output;
            }
            TimeLimit limit = new TimeLimit(file, running, options.timeLimit());
            int status;
            try {
                WorkerProtocol.writeRequest(output, request);
                status = input.readByte();
                if (status == WorkerProtocol.OK) {
                    return answer.readFrom(input, limit);
                }
                throw new MediaException(WorkerProtocol.readText(input));
            } catch (MediaException e) {
                throw e;
            } catch (IOException e) {
                throw failure(file, running, e);
            } finally {
                limit.cancel();
            }
        }

        private Process start(Path file) throws MediaException {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("-Xmx" + options.heapMb() + "m");
            command.add("-XX:+UseSerialGC");
            command.add("-XX:+ExitOnOutOfMemoryError");
            // A crash ends the process at once: its report would land among the answers, and takes
            // minutes to write on a busy machine.
            command.add("-XX:+SuppressFatalErrorMessage");
            command.add("-XX:-CreateCoredumpOnCrash");
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("-cp");
            command.add(System.getProperty("java.class.path"));
            command.add(DecodeWorker.class.getName());
            try {
                Process started = decoder(command).start();
                outOfTime = false;
                process = started;
                if (closed) {
                    started.destroyForcibly();
                }
                return started;
            } catch (IOException e) {
                throw new MediaException(
                        "%s: no decoder process can be started (%s); ./javigate doctor tests it"
                                .formatted(file, e.getMessage()));
            }
        }

        /** Settings for big tensors are not for decoders: they would keep all memory they saw. */
        private static ProcessBuilder decoder(List<String> command) {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().remove("GLIBC_TUNABLES");
            return builder;
        }

        private void awaitReady(Path file, Process started, DataInputStream input)
                throws MediaException {
            TimeLimit limit = new TimeLimit(file, started, START_LIMIT);
            try {
                if (input.readInt() != WorkerProtocol.READY) {
                    throw new IOException("no greeting");
                }
            } catch (IOException e) {
                throw new MediaException(
                        "%s: the decoder process does not start (%s); ./javigate doctor tests it"
                                .formatted(file, end(started, e)));
            } finally {
                limit.cancel();
            }
        }

        private MediaException failure(Path file, Process running, IOException cause) {
            if (closed) {
                return new MediaException(file + ": the reader was closed while decoding");
            }
            String end = end(running, cause);
            if (outOfTime) {
                return new MediaException(
                        "%s: the decoder timed out after %d s on this file; convert it or leave it out"
                                .formatted(file, options.timeLimit().toSeconds()));
            }
            return new MediaException(
                    "%s: the decoder crashed on this file (%s); convert it or leave it out"
                            .formatted(file, end));
        }

        /** How the process ended; one that has not after a wrong answer is ended here. */
        private String end(Process running, IOException cause) {
            try {
                if (running.waitFor(30, TimeUnit.SECONDS)) {
                    return "exit code " + running.exitValue();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            running.destroyForcibly();
            return "it answered " + cause.getMessage();
        }

        void close() {
            closed = true;
            Process running = process;
            if (running != null) {
                running.destroyForcibly();
            }
        }

        /** Kills the process when it takes too long; runs from the start. */
        private final class TimeLimit {
            private final Path file;
            private final Process running;
            private final Duration time;
            private ScheduledFuture<?> end;

            TimeLimit(Path file, Process running, Duration time) throws MediaException {
                this.file = file;
                this.running = running;
                this.time = time;
                this.end = schedule();
            }

            private ScheduledFuture<?> schedule() throws MediaException {
                try {
                    return watchdog.schedule(
                            () -> {
                                outOfTime = true;
                                running.destroyForcibly();
                            },
                            time.toMillis(),
                            TimeUnit.MILLISECONDS);
                } catch (RejectedExecutionException e) {
                    running.destroyForcibly();
                    throw new MediaException(file + ": the reader is closed; open another");
                }
            }

            /** Begins anew, after a part of an answer. */
            void renew() throws MediaException {
                cancel();
                end = schedule();
            }

            void cancel() {
                end.cancel(false);
            }
        }
    }
}
