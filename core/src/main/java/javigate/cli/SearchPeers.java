package javigate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The peers' process: a line with a number of queries in, a line of JSON out. */
record SearchPeers(Process process, BufferedWriter in, BufferedReader out, JsonNode about) {

    static @Nullable SearchPeers start(String python, Path script, Path folder) throws IOException {
        Process process =
                new ProcessBuilder(python, script.toString(), folder.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        BufferedReader out = process.inputReader();
        String first = out.readLine();
        return first == null
                ? null
                : new SearchPeers(
                        process, process.outputWriter(), out, new ObjectMapper().readTree(first));
    }

    /** Times in ms by name. */
    Map<String, double[]> times(int queries) throws IOException {
        in.write(queries + "\n");
        in.flush();
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the peers ended; their message is above");
        }
        Map<String, double[]> times = new LinkedHashMap<>();
        new ObjectMapper()
                .readTree(line)
                .properties()
                .forEach(
                        entry ->
                                times.put(
                                        entry.getKey(),
                                        new ObjectMapper()
                                                .convertValue(entry.getValue(), double[].class)));
        return times;
    }

    void stop() throws IOException {
        in.close();
        process.destroy();
    }
}
