package javigate.data;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes Parquet, by DuckDB, from JSON lines. */
public final class ParquetTable {

    /** Longest line of JSON, bytes. */
    public static final int MAX_LINE_BYTES = 1 << 26;

    private ParquetTable() {}

    /**
     * Writes some fields of JSON lines as columns, a row for each line, in their order, compressed
     * by zstd.
     *
     * @param jsonLines one object a line, of at most {@link #MAX_LINE_BYTES}
     * @param columns DuckDB's type by name: VARCHAR, BIGINT, BIGINT[], JSON
     * @param file made, or replaced
     * @throws IOException if the lines have other types, the file cannot be written, or the driver
     *     is missing
     */
    public static void write(Path jsonLines, Map<String, String> columns, Path file)
            throws IOException {
        String types =
                columns.entrySet().stream()
                        .map(column -> column.getKey() + ": " + quoted(column.getValue()))
                        .collect(Collectors.joining(", "));
        String copy =
                """
                COPY (SELECT * FROM read_json(%s, format='newline_delimited', columns={%s},
                maximum_object_size=%d)) TO %s (FORMAT parquet, COMPRESSION zstd)
                """
                        .formatted(
                                quoted(DuckDb.literal(jsonLines)),
                                types,
                                MAX_LINE_BYTES,
                                quoted(file.toAbsolutePath().toString()));
        try (Connection connection = DuckDb.connect(file, "writing", "");
                Statement statement = connection.createStatement()) {
            // One thread keeps the order and the memory small.
            statement.execute("SET threads = 1");
            statement.execute(copy);
        } catch (SQLException e) {
            throw new IOException(file + ": cannot be written: " + DuckDb.reason(e), e);
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
