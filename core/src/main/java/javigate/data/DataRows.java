package javigate.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tables in JSON lines, CSV or Parquet, as the file's name says. */
final class DataRows {
    /**
     * A row of any format.
     *
     * @param number of the line or row, from 1
     * @param fields by name; numbers may be texts
     */
    record Row(int number, JsonNode fields) {}

    private DataRows() {}

    /**
     * Reads all rows.
     *
     * @param required columns that a CSV file must have
     * @param only the columns that are wanted; null for all
     * @throws IOException if the file is missing or malformed; the message names file and line
     */
    static List<Row> read(Path file, List<String> required, @Nullable List<String> only)
            throws IOException {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".jsonl")) {
            List<Row> rows = new ArrayList<>();
            for (TextFile.Line line : TextFile.lines(file)) {
                rows.add(new Row(line.number(), JsonFile.line(file, line)));
            }
            return rows;
        }
        if (name.endsWith(".csv")) {
            return csv(file, required, only);
        }
        if (name.endsWith(".parquet")) {
            return ParquetFile.rows(file, only);
        }
        throw new IOException(file + ": a table's name ends in .jsonl, .csv or .parquet");
    }

    private static List<Row> csv(Path file, List<String> required, @Nullable List<String> only)
            throws IOException {
        CsvTable table = CsvTable.read(file, String.join(" and ", required));
        for (String name : required) {
            table.column(name);
        }
        List<Row> rows = new ArrayList<>();
        for (Csv.Row row : table.rows()) {
            ObjectNode fields = JsonNodeFactory.instance.objectNode();
            for (int i = 0; i < table.header().size(); i++) {
                String name = table.header().get(i);
                if (only == null || only.contains(name)) {
                    fields.put(name, row.fields().get(i));
                }
            }
            rows.add(new Row(row.line(), fields));
        }
        return rows;
    }
}
