package javigate.checkpoint.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer, piece by piece: at most two pieces are held, and none may take longer than
 * a limit. (The client's own streams wait for ever.)
 */
final class Body implements HttpResponse.BodySubscriber<Body>, AutoCloseable {

    private sealed interface Piece {
        record Data(List<ByteBuffer> buffers) implements Piece {}

        record Failed(Throwable cause) implements Piece {}

        record End() implements Piece {}
    }

    private final Duration timeout;
    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private Flow.@Nullable Subscription subscription;
    private boolean closed;

    Body(Duration timeout) {
        this.timeout = timeout;
    }

    /**
     * Waits for the next piece.
     *
     * @return null at the end
     * @throws HttpTimeoutException where nothing came for too long
     * @throws IOException where the connection broke
     */
    @Nullable List<ByteBuffer> next() throws IOException {
        Piece piece;
        try {
            piece = pieces.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        return switch (piece) {
            case null ->
                    throw new HttpTimeoutException(
                            "nothing came for " + timeout.toSeconds() + " s");
            case Piece.Data data -> {
                more();
                yield data.buffers();
            }
            case Piece.Failed failed -> throw new IOException(failed.cause().getMessage());
            case Piece.End _ -> null;
        };
    }

    private synchronized void more() {
        if (subscription != null) {
            subscription.request(1);
        }
    }

    @Override
    public CompletionStage<Body> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (closed) {
            given.cancel();
        } else {
            given.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        pieces.add(new Piece.Data(buffers));
    }

    @Override
    public void onError(Throwable cause) {
        pieces.add(new Piece.Failed(cause));
    }

    @Override
    public void onComplete() {
        pieces.add(new Piece.End());
    }

    /** Drops the connection, unless the whole body has come. */
    @Override
    public synchronized void close() {
        closed = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }
}
