package javigate.search;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Texts in a file, one a line, in UTF-8; so are queries logged, where a file is named. */
public final class TextsFile {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private TextsFile() {}

    /** Adds a query, in one write, so that several processes may use one file. */
    public static void append(Path file, String query) throws IOException {
        String line = query.strip().replaceAll("\\s+", " ") + "\n";
        Files.write(
                file,
                line.getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /**
     * The texts, each once.
     *
     * @throws IOException if there are none, or the file is not UTF-8
     */
    public static List<String> read(Path file) throws IOException {
        List<String> texts;
        try {
            texts =
                    Files.readAllLines(file).stream()
                            .map(line -> line.replace(BYTE_ORDER_MARK, "").strip())
                            .filter(line -> !line.isEmpty())
                            .distinct()
                            .toList();
        } catch (FileSystemException e) {
            throw e; // names the file
        } catch (CharacterCodingException e) {
            throw new IOException(file + ": not UTF-8; save the file as UTF-8", e);
        } catch (IOException e) {
            throw new IOException(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
        if (texts.isEmpty()) {
            throw new IOException(file + ": no text in it; one a line is needed");
        }
        return texts;
    }
}
