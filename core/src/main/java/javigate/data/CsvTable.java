package javigate.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A CSV file with a header whose rows all have as many fields as it.
 *
 * @param header names of the columns
 * @param rows those below the header
 */
record CsvTable(Path file, List<String> header, List<Csv.Row> rows) {

    /**
     * Reads a file.
     *
     * @param needs a column it must have, for the message about an empty file
     * @throws IOException if it is missing, empty or malformed; the message names file and line
     */
    static CsvTable read(Path file, String needs) throws IOException {
        List<Csv.Row> all = Csv.read(file);
        if (all.isEmpty()) {
            throw new IOException(file + ": is empty; it needs a header with " + needs);
        }
        List<String> header = all.getFirst().fields();
        for (String name : header) {
            if (header.indexOf(name) != header.lastIndexOf(name)) {
                throw new IOException(
                        "%s line 1: two columns %s; rename or remove one".formatted(file, name));
            }
        }
        for (Csv.Row row : all) {
            if (row.fields().size() != header.size()) {
                throw new IOException(
                        "%s line %d: %d fields, the header has %d; quote fields with commas"
                                .formatted(file, row.line(), row.fields().size(), header.size()));
            }
        }
        return new CsvTable(file, header, all.subList(1, all.size()));
    }

    /** Where a column is; an {@link IOException} if there is none of this name. */
    int column(String name) throws IOException {
        int column = header.indexOf(name);
        if (column < 0) {
            throw new IOException(file + " line 1: no column " + name + ", only " + header);
        }
        return column;
    }
}
