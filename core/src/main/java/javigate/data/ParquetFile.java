package javigate.data;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Tables in Parquet, read by DuckDB. Its driver carries libraries for every platform in 80 MB, so
 * it is an optional dependency: programs that embed this one add it where they need it.
 */
final class ParquetFile {

    private static final String URL = "jdbc:duckdb:";

    private ParquetFile() {}

    /**
     * The rows.
     *
     * @param only the columns that are wanted, names of plain letters; null for all
     * @throws IOException if the file cannot be read, or the driver is missing
     */
    static List<DataRows.Row> rows(Path file, @Nullable List<String> only) throws IOException {
        try {
            DriverManager.getDriver(URL);
        } catch (SQLException e) {
            throw new IOException(
                    file
                            + ": reading Parquet needs DuckDB: add org.duckdb:duckdb_jdbc to the class"
                            + " path, or write the table as .jsonl",
                    e);
        }
        String query =
                "SELECT to_json(r)::VARCHAR FROM (SELECT %s FROM read_parquet(?)) r"
                        .formatted(
                                only == null
                                        ? "*"
                                        : "COLUMNS('^(%s)$')".formatted(String.join("|", only)));
        Properties closed = new Properties();
        // Nothing is fetched from a network.
        closed.setProperty("autoinstall_known_extensions", "false");
        closed.setProperty("autoload_known_extensions", "false");
        List<DataRows.Row> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(URL, closed);
                PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, literal(file));
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    int number = rows.size() + 1;
                    TextFile.Line line = new TextFile.Line(number, result.getString(1));
                    rows.add(new DataRows.Row(number, JsonFile.line(file, line)));
                }
            }
        } catch (SQLException e) {
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new IOException(file + ": not readable as Parquet: " + why, e);
        }
        return rows;
    }

    /** The path as a pattern that only it matches. */
    private static String literal(Path file) {
        return file.toAbsolutePath().toString().replaceAll("[\\[*?]", "[$0]");
    }
}
