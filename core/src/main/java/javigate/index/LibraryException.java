package javigate.index;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.store.LockObtainFailedException;
import org.jspecify.annotations.Nullable;

/** A library that cannot be used; the message names the folder, the reason and the remedy. */
public final class LibraryException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean damage;

    LibraryException(String message) {
        this(message, null, false);
    }

    private LibraryException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private LibraryException(String message, @Nullable Throwable cause, boolean damage) {
        super(message, cause);
        this.damage = damage;
    }

    /** Whether its files are not as they were written. */
    public boolean isOfDamage() {
        return damage;
    }

    /** Whether clips of an older format lack what was asked of them; compacting mends that. */
    public boolean isOfOldClips() {
        return getCause() instanceof OldClipsException;
    }

    static LibraryException missing(Path folder) {
        return new LibraryException(
                folder + ": no library here yet; `javigate add PATH` makes one of your videos");
    }

    static LibraryException notMade(Path folder, IOException cause) {
        return new LibraryException(
                "%s: no library can be made there (%s); choose another folder"
                        .formatted(folder, reason(cause)),
                cause);
    }

    static LibraryException damaged(Path folder, String detail, @Nullable Throwable cause) {
        String message =
                String.format(
                        "%s: the library is damaged (%s); restore the folder from a backup, or"
                                + " delete it and add the videos again",
                        folder, oneLine(detail));
        return new LibraryException(message, cause, true);
    }

    static LibraryException ofUnknownFormat(Path folder, Exception cause) {
        return new LibraryException(
                "%s: another version of javigate wrote this library, in a form that this one does not know (%s); update javigate"
                        .formatted(folder, oneLine(text(cause))),
                cause);
    }

    static LibraryException replaced(Path folder, @Nullable Exception cause) {
        String message = folder + ": another library was made there meanwhile; open it anew";
        return cause == null ? new LibraryException(message) : new LibraryException(message, cause);
    }

    static LibraryException interrupted(Path folder, Exception cause) {
        return new LibraryException(
                folder + ": interrupted; nothing reported done is lost, try again", cause);
    }

    /** Of a change that met the end of the writer, by itself or in another thread. */
    static LibraryException brokenOff(Path folder, Throwable why) {
        return new LibraryException(
                "%s: the change is not stored, writing broke off (%s); nothing reported done is lost, try again"
                        .formatted(folder, oneLine(text(why))),
                why);
    }

    /** Says what {@code e} means for the library in {@code folder}. */
    static LibraryException of(Path folder, IOException e) {
        return switch (e) {
            case LibraryException already -> already;
            case LockObtainFailedException locked ->
                    new LibraryException(
                            "library "
                                    + folder
                                    + " is being written by another process; wait for it to finish"
                                    + " or stop it (reading is possible meanwhile)",
                            locked);
            case OldClipsException old ->
                    new LibraryException(
                            folder
                                    + ": an older javigate wrote some of the clips, without what"
                                    + " filters and approximate search need; run `javigate compact`"
                                    + " once",
                            old);
            case IndexFormatTooNewException newer ->
                    new LibraryException(
                            folder + ": a newer javigate wrote this library; update javigate",
                            newer);
            // A codec that is not known: Lucene takes it for an old one, it may be a newer one.
            case IndexFormatTooOldException unknown when unknown.getVersion() == null ->
                    ofUnknownFormat(folder, unknown);
            // As Lucene puts it where a file does not begin as every file of its does.
            case IndexFormatTooOldException other
                    when Objects.equals(other.getMinVersion(), CodecUtil.CODEC_MAGIC) ->
                    damaged(folder, "a file begins with other bytes than were written", other);
            case IndexFormatTooOldException older ->
                    new LibraryException(
                            folder
                                    + ": a javigate too old for this one wrote this library;"
                                    + " `export` it with that one and `import` it with this",
                            older);
            // An interrupt closes the file in use, and whoever uses it next finds it closed.
            case ClosedChannelException interrupted -> interrupted(folder, interrupted);
            case IndexNotFoundException none -> missing(folder);
            case CorruptIndexException corrupt -> damaged(folder, text(corrupt), corrupt);
            case EOFException cut -> damaged(folder, text(cut), cut);
            // The lock is missing where it cannot be made; why stands in what was suppressed.
            case NoSuchFileException _
                    when e.getSuppressed().length > 0
                            && e.getSuppressed()[0] instanceof IOException why ->
                    of(folder, why);
            case NoSuchFileException gone -> damaged(folder, "no file " + text(gone), gone);
            case FileNotFoundException gone -> damaged(folder, "no file " + text(gone), gone);
            default ->
                    new LibraryException(
                            String.format(
                                    "%s: the library cannot be used (%s: %s); check the disk's"
                                            + " space and the folder's permissions, nothing"
                                            + " reported done is lost",
                                    folder, e.getClass().getSimpleName(), oneLine(text(e))),
                            e);
        };
    }

    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException file ? file.getReason() : null;
        return reason == null ? e.getClass().getSimpleName() : reason;
    }

    private static String text(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ");
    }
}
