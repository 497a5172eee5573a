package javigate.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Comma-separated values as RFC 4180 has them: quoted fields may hold commas, quotes, line ends.
 */
final class Csv {

    private Csv() {}

    /** A record and the line of the file, from 1, on which it begins. */
    record Row(int line, List<String> fields) {}

    /**
     * All records of a UTF-8 file, the header among them; empty lines are skipped.
     *
     * @throws IOException if the file cannot be read, or a quote is never closed or followed by
     *     text
     */
    static List<Row> read(Path file) throws IOException {
        String text = TextFile.read(file);
        List<Row> rows = new ArrayList<>();
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        int line = 1;
        int begin = 1;
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"' && field.isEmpty()) {
                int close = closingQuote(text, at, file, line);
                String quoted = text.substring(at + 1, close);
                line += (int) quoted.chars().filter(x -> x == '\n').count();
                field.append(quoted.replace("\"\"", "\""));
                at = close + 1;
                if (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
                    throw new IOException(
                            "%s line %d: text after a closing quote; double the quotes inside a field"
                                    .formatted(file, line));
                }
                continue;
            }
            at++;
            switch (c) {
                case ',' -> {
                    fields.add(field.toString());
                    field.setLength(0);
                }
                case '\n' -> {
                    add(rows, begin, fields, field);
                    fields = new ArrayList<>();
                    begin = ++line;
                }
                case '\r' -> {
                    if (at == text.length() || text.charAt(at) != '\n') {
                        field.append(c);
                    }
                }
                default -> field.append(c);
            }
        }
        add(rows, begin, fields, field);
        return rows;
    }

    /** A record as a line, with quotes where they are needed. */
    static String line(List<String> fields) {
        return fields.stream().map(Csv::quoted).collect(Collectors.joining(",", "", "\n"));
    }

    private static String quoted(String field) {
        boolean plain =
                field.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
    }

    private static int closingQuote(String text, int open, Path file, int line) throws IOException {
        for (int at = open + 1; at < text.length(); at++) {
            if (text.charAt(at) == '"') {
                if (at + 1 < text.length() && text.charAt(at + 1) == '"') {
                    at++;
                } else {
                    return at;
                }
            }
        }
        throw new IOException("%s line %d: a quote is never closed".formatted(file, line));
    }

    private static void add(List<Row> rows, int line, List<String> fields, StringBuilder last) {
        if (!fields.isEmpty() || !last.isEmpty()) {
            fields.add(last.toString());
            rows.add(new Row(line, List.copyOf(fields)));
        }
        last.setLength(0);
    }
}
