package javigate.checkpoint.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fetches a file's content, going on where a broken connection left off. */
final class BlobDownload {

    private static final int TRIES = 5;
    private static final long FIRST_PAUSE_MS = 100;

    /** So much new content makes a broken connection the first again. */
    private static final long PROGRESS_BYTES = 1 << 20;

    private static final Pattern RANGE =
            Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    private final HubClient client;
    private final String commit;
    private final RemoteFile remote;
    private final LongConsumer progress;

    BlobDownload(HubClient client, String commit, RemoteFile remote, LongConsumer progress) {
        this.client = client;
        this.commit = commit;
        this.remote = remote;
        this.progress = progress;
    }

    /**
     * Fetches the content into {@code blob}; the caller holds the blob's lock.
     *
     * @throws HubUnreachableException where the connection keeps breaking; what came is kept
     * @throws IOException where something else comes than was announced; it is removed
     */
    void into(Path blob) throws IOException {
        Files.createDirectories(blob.resolveSibling(""));
        try (PartialBlob part = new PartialBlob(remote, blob)) {
            progress.accept(part.bytes());
            int failures = 0;
            long best = part.bytes();
            while (part.bytes() < remote.bytes()) {
                try {
                    receive(part);
                } catch (HubUnreachableException e) {
                    if (part.bytes() - best >= PROGRESS_BYTES) {
                        best = part.bytes();
                        failures = 0;
                    }
                    failures++;
                    if (failures == TRIES) {
                        throw new HubUnreachableException(
                                "%s; %d of %d bytes of %s are kept, the same command goes on there"
                                        .formatted(
                                                e.getMessage(),
                                                part.bytes(),
                                                remote.bytes(),
                                                remote.file()),
                                e);
                    }
                    pause(FIRST_PAUSE_MS << failures);
                }
            }
            part.moveTo(blob);
        }
    }

    private void receive(PartialBlob part) throws IOException {
        HttpResponse<Body> answer = client.open(commit, remote.file(), part.bytes());
        try (Body _ = answer.body()) {
            switch (answer.statusCode()) {
                case 206 -> requireRange(answer, part);
                case 416 -> {
                    part.restart();
                    return;
                }
                default -> {
                    OptionalLong length = answer.headers().firstValueAsLong("Content-Length");
                    if (length.orElse(remote.bytes()) != remote.bytes()) {
                        throw part.refused(
                                "%d bytes come, announced were %d"
                                        .formatted(length.getAsLong(), remote.bytes()));
                    }
                    part.restart();
                }
            }
            for (List<ByteBuffer> data = client.next(answer);
                    data != null;
                    data = client.next(answer)) {
                for (ByteBuffer buffer : data) {
                    part.append(buffer);
                }
                progress.accept(part.bytes());
            }
        }
        if (part.bytes() < remote.bytes()) {
            throw new HubUnreachableException(
                    "%s: the connection ended early".formatted(Messages.host(answer.uri())));
        }
    }

    private void requireRange(HttpResponse<Body> answer, PartialBlob part) throws IOException {
        String range = answer.headers().firstValue("Content-Range").orElse("");
        Matcher match = RANGE.matcher(range.strip());
        boolean good =
                match.matches()
                        && Long.parseLong(match.group(1)) == part.bytes()
                        && Long.parseLong(match.group(2)) < remote.bytes()
                        && (match.group(3).equals("*")
                                || Long.parseLong(match.group(3)) == remote.bytes());
        if (!good) {
            throw part.refused(
                    "asked from byte %d of %d on, the answer is %s"
                            .formatted(part.bytes(), remote.bytes(), Messages.quoted(range)));
        }
    }

    private static void pause(long ms) throws InterruptedIOException {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
