package javigate.data;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * Reads and writes Parquet. Its driver carries libraries for every platform in 80 MB, so it is an
 * optional dependency: programs that embed this one add it where they need it.
 */
final class DuckDb {

    private static final String URL = "jdbc:duckdb:";

    private DuckDb() {}

    /**
     * A database in memory that fetches nothing from a network.
     *
     * @param purpose for the message: reading, writing
     * @param orElse for the message: what to do without the driver
     * @throws IOException if the driver is missing
     */
    static Connection connect(Path file, String purpose, String orElse)
            throws IOException, SQLException {
        try {
            DriverManager.getDriver(URL);
        } catch (SQLException e) {
            throw new IOException(
                    "%s: %s Parquet needs DuckDB: add org.duckdb:duckdb_jdbc to the class path%s"
                            .formatted(file, purpose, orElse),
                    e);
        }
        Properties closed = new Properties();
        closed.setProperty("autoinstall_known_extensions", "false");
        closed.setProperty("autoload_known_extensions", "false");
        return DriverManager.getConnection(URL, closed);
    }

    /** The path as a pattern that only it matches. */
    static String literal(Path file) {
        return file.toAbsolutePath().toString().replaceAll("[\\[*?]", "[$0]");
    }

    /** The first line of what the database says. */
    static String reason(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
