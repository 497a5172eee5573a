package javigate.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javigate.tensor.Sha256;

/**
 * SHA-256 of files. What was computed is kept in a CSV file (path, size, time of the last change,
 * hash), so that a data set of many gigabytes is read for it once and not at every start; a file
 * with another size or time is read anew.
 */
final class FileHashes {

    private static final int COLUMNS = 4;

    private final Path memory;
    private final Map<String, Known> known = new HashMap<>();

    private record Known(String size, String changed, String sha256) {}

    /**
     * Reads what is known.
     *
     * @throws IOException if the file is damaged
     */
    FileHashes(Path memory) throws IOException {
        this.memory = memory;
        if (Files.exists(memory)) {
            for (Csv.Row row : Csv.read(memory)) {
                List<String> fields = row.fields();
                if (fields.size() != COLUMNS) {
                    throw new IOException(
                            "%s line %d: %d fields, not %d; delete the file, it is made anew"
                                    .formatted(memory, row.line(), fields.size(), COLUMNS));
                }
                known.put(fields.get(0), new Known(fields.get(1), fields.get(2), fields.get(3)));
            }
        }
    }

    /**
     * The hashes of some files in hexadecimal; new ones are kept.
     *
     * @throws IOException if one is missing or cannot be read
     */
    Map<Path, String> of(List<Path> files, int threads) throws IOException {
        String[] hashes = new String[files.size()];
        boolean[] fresh = new boolean[files.size()];
        Known[] found = new Known[files.size()];
        Parallel.run(
                threads,
                files.size(),
                (_, i) -> {
                    Path file = files.get(i);
                    if (!Files.isRegularFile(file)) {
                        throw new IOException(
                                file + ": no such file; data check lists all that are missing");
                    }
                    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                    String size = String.valueOf(now.size());
                    String changed = now.lastModifiedTime().toString();
                    Known before = known.get(name(file));
                    fresh[i] =
                            before == null
                                    || !before.size().equals(size)
                                    || !before.changed().equals(changed);
                    found[i] =
                            before == null || fresh[i]
                                    ? new Known(size, changed, Sha256.of(file, _ -> {}))
                                    : before;
                    hashes[i] = found[i].sha256();
                });
        Map<Path, String> result = new HashMap<>();
        boolean any = false;
        for (int i = 0; i < hashes.length; i++) {
            any |= fresh[i];
            known.put(name(files.get(i)), found[i]);
            result.put(files.get(i), hashes[i]);
        }
        if (any) {
            write();
        }
        return result;
    }

    private void write() throws IOException {
        StringBuilder text = new StringBuilder();
        known.forEach(
                (name, k) ->
                        text.append(Csv.line(List.of(name, k.size(), k.changed(), k.sha256()))));
        Path beside = Files.createTempFile(memory.toAbsolutePath().getParent(), "hashes.", ".part");
        try {
            Files.writeString(beside, text);
            Files.move(
                    beside,
                    memory,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static String name(Path file) {
        return file.toAbsolutePath().normalize().toString();
    }
}
