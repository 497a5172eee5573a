package javigate.data;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tables in Parquet, read by DuckDB. */
final class ParquetFile {

    private ParquetFile() {}

    /**
     * The rows.
     *
     * @param only the columns that are wanted, names of plain letters; null for all
     * @throws IOException if the file cannot be read, or the driver is missing
     */
    static List<DataRows.Row> rows(Path file, @Nullable List<String> only) throws IOException {
        String query =
                "SELECT to_json(r)::VARCHAR FROM (SELECT %s FROM read_parquet(?)) r"
                        .formatted(
                                only == null
                                        ? "*"
                                        : "COLUMNS('^(%s)$')".formatted(String.join("|", only)));
        List<DataRows.Row> rows = new ArrayList<>();
        try (Connection connection =
                        DuckDb.connect(file, "reading", ", or write the table as .jsonl");
                PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, DuckDb.literal(file));
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    int number = rows.size() + 1;
                    TextFile.Line line = new TextFile.Line(number, result.getString(1));
                    rows.add(new DataRows.Row(number, JsonFile.line(file, line)));
                }
            }
        } catch (SQLException e) {
            throw new IOException(file + ": not readable as Parquet: " + DuckDb.reason(e), e);
        }
        return rows;
    }
}
