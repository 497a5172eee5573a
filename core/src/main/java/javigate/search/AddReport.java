package javigate.search;

import java.nio.file.Path;
import java.util.List;

/**
 * What became of each file given to {@link VideoLibrary#add}.
 *
 * @param outcomes in the order they were reached
 * @param passedOver files of the folders whose names do not end like a video's
 */
public record AddReport(List<Outcome> outcomes, List<Path> passedOver) {

    /** Of one file. */
    public sealed interface Outcome {
        Path file();
    }

    /**
     * Stored; it survives the end of this process from now on.
     *
     * @param clips segments stored
     * @param notes what to know, for example that some frames were lost
     */
    public record Indexed(Path file, int clips, List<String> notes) implements Outcome {}

    /**
     * In the library already; what the files beside it or a table say of it is new, and stored.
     *
     * @param clips segments of which it is stored
     * @param notes what of it could not be kept
     */
    public record Described(Path file, int clips, List<String> notes) implements Outcome {}

    /** In the library already, unchanged. */
    public record Skipped(Path file) implements Outcome {}

    /**
     * Not usable.
     *
     * @param reason one line that names the file
     * @param named whether the caller named this very file, rather than a folder above it
     */
    public record Failed(Path file, String reason, boolean named) implements Outcome {}

    public AddReport {
        outcomes = List.copyOf(outcomes);
        passedOver = List.copyOf(passedOver);
    }

    public long indexed() {
        return count(Indexed.class);
    }

    public long described() {
        return count(Described.class);
    }

    public long skipped() {
        return count(Skipped.class);
    }

    public long failed() {
        return count(Failed.class);
    }

    /** Whether a file the caller named could not be used. */
    public boolean failedANamedFile() {
        return outcomes.stream().anyMatch(o -> o instanceof Failed f && f.named());
    }

    private long count(Class<? extends Outcome> type) {
        return outcomes.stream().filter(type::isInstance).count();
    }
}
