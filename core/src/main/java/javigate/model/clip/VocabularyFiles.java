package javigate.model.clip;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads and writes the files a CLIP vocabulary comes in. */
final class VocabularyFiles {
    private static final long MAX_BYTES = 64L << 20;

    /** OpenAI's file lists far more merges than CLIP uses: 49152 - 256 - 2, this many. */
    private static final int OPENAI_MERGES = 48_894;

    private static final String VOCABULARY = "vocab.json";
    private static final String MERGES = "merges.txt";
    private static final String TOKENIZER = "tokenizer.json";
    private static final String OPENAI = "bpe_simple_vocab_16e6.txt";
    private static final List<String> NAMES =
            List.of(VOCABULARY, TOKENIZER, OPENAI + ".gz", OPENAI);
    private static final String REMEDY = "; take a fresh copy of the file";

    private static final ObjectMapper JSON = new ObjectMapper();

    private VocabularyFiles() {}

    static BytePairs read(Path path) throws IOException {
        Path file = Files.isDirectory(path) ? findIn(path) : path;
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(
                    file
                            + ": no such file; name OpenAI's "
                            + OPENAI
                            + ".gz, a "
                            + TOKENIZER
                            + ", a "
                            + VOCABULARY
                            + ", or a folder with one of them");
        }
        byte[] content = content(file);
        int first = 0;
        while (first < content.length && content[first] <= ' ') {
            first++;
        }
        try {
            if (first < content.length && content[first] == '{') {
                JsonNode root = parse(file, content);
                // In vocab.json "model" is a unit with a number, as CLIP's has it.
                return root.path("model").isObject()
                        ? fromTokenizer(file, root)
                        : fromPair(file, root);
            }
            List<BytePairs.Merge> merges = parseMerges(file, content, OPENAI_MERGES);
            if (merges.isEmpty()) {
                throw new IOException(file + ": no merges in it" + REMEDY);
            }
            return BytePairs.inClipOrder(merges);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage() + REMEDY, e);
        }
    }

    static void write(BytePairs pairs, Path folder) throws IOException {
        Files.createDirectories(folder);
        Map<String, Integer> ordered = new LinkedHashMap<>();
        pairs.ids().entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .forEach(entry -> ordered.put(entry.getKey(), entry.getValue()));
        JSON.writeValue(folder.resolve(VOCABULARY).toFile(), ordered);
        List<String> lines = new ArrayList<>();
        lines.add("#version: 0.2");
        pairs.merges().forEach(merge -> lines.add(merge.left() + " " + merge.right()));
        Files.write(folder.resolve(MERGES), lines);
    }

    static boolean isIn(Path folder) {
        return NAMES.stream().anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
    }

    private static Path findIn(Path folder) throws IOException {
        for (String name : NAMES) {
            if (Files.isRegularFile(folder.resolve(name))) {
                return folder.resolve(name);
            }
        }
        throw new NoSuchFileException(
                folder
                        + ": no vocabulary here; put in "
                        + VOCABULARY
                        + " with "
                        + MERGES
                        + ", "
                        + TOKENIZER
                        + " or "
                        + OPENAI
                        + ".gz");
    }

    /** The file's bytes, unzipped where it is gzipped; both sizes are limited. */
    private static byte[] content(Path file) throws IOException {
        byte[] raw;
        try (InputStream in = Files.newInputStream(file)) {
            raw = atMost(file, in);
        }
        boolean zipped = raw.length > 2 && raw[0] == 0x1f && raw[1] == (byte) 0x8b;
        if (!zipped) {
            return raw;
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(raw))) {
            return atMost(file, in);
        } catch (EOFException | ZipException e) {
            throw new IOException(file + ": damaged gzip (" + e.getMessage() + ")" + REMEDY, e);
        }
    }

    private static byte[] atMost(Path file, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes((int) MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new IOException(
                    file
                            + ": more than "
                            + (MAX_BYTES >> 20)
                            + " MB; a vocabulary has a few, name the right file");
        }
        return bytes;
    }

    private static JsonNode parse(Path file, byte[] content) throws IOException {
        try {
            return JSON.readTree(content);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw new IOException(
                    file
                            + " line "
                            + (at == null ? 1 : at.getLineNr())
                            + ": not JSON ("
                            + e.getOriginalMessage().lines().findFirst().orElse("")
                            + ")"
                            + REMEDY,
                    e);
        }
    }

    private static BytePairs fromTokenizer(Path file, JsonNode root) throws IOException {
        JsonNode model = root.get("model");
        String type = model.path("type").asText("BPE");
        String end = model.path("end_of_word_suffix").asText("");
        if (!type.equals("BPE") || !end.equals(BytePairs.WORD_END)) {
            throw new IOException(
                    file
                            + ": a "
                            + BytePairs.shown(type)
                            + " vocabulary with the word end \""
                            + BytePairs.shown(end)
                            + "\"; CLIP's is BPE with \""
                            + BytePairs.WORD_END
                            + "\", take the tokenizer.json of a CLIP model");
        }
        Map<String, Integer> ids = new HashMap<>();
        addIds(file, model.path("vocab"), ids);
        for (JsonNode added : root.path("added_tokens")) {
            ids.putIfAbsent(added.path("content").asText(), added.path("id").asInt(-1));
        }
        List<BytePairs.Merge> merges = new ArrayList<>();
        for (JsonNode merge : model.path("merges")) {
            String where = file + " merge " + (merges.size() + 1);
            // Newer files hold each merge as a list of two strings.
            merges.add(
                    merge.isArray() && merge.size() == 2
                            ? merge(where, merge.get(0).asText() + " " + merge.get(1).asText())
                            : merge(where, merge.asText()));
        }
        return new BytePairs(checked(file, ids), merges);
    }

    private static BytePairs fromPair(Path file, JsonNode root) throws IOException {
        Path mergesFile = file.resolveSibling(MERGES);
        if (!Files.isRegularFile(mergesFile)) {
            throw new NoSuchFileException(
                    mergesFile + ": missing; " + file.getFileName() + " needs it beside itself");
        }
        Map<String, Integer> ids = new HashMap<>();
        addIds(file, root, ids);
        List<BytePairs.Merge> merges =
                parseMerges(mergesFile, content(mergesFile), Integer.MAX_VALUE);
        return new BytePairs(checked(file, ids), merges);
    }

    private static void addIds(Path file, JsonNode vocabulary, Map<String, Integer> ids)
            throws IOException {
        for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
            if (!entry.getValue().isInt()) {
                throw new IOException(
                        file
                                + ": the id of \""
                                + BytePairs.shown(entry.getKey())
                                + "\" is "
                                + BytePairs.shown(entry.getValue().toString())
                                + ", not a whole number"
                                + REMEDY);
            }
            ids.put(entry.getKey(), entry.getValue().intValue());
        }
    }

    /** The ids, if they are 0 to n-1, each once: the rows of the model's embedding table. */
    private static Map<String, Integer> checked(Path file, Map<String, Integer> ids)
            throws IOException {
        BitSet seen = new BitSet();
        for (Map.Entry<String, Integer> entry : ids.entrySet()) {
            int id = entry.getValue();
            if (id < 0 || id >= ids.size() || seen.get(id)) {
                throw new IOException(
                        file
                                + ": \""
                                + BytePairs.shown(entry.getKey())
                                + "\" has the id "
                                + id
                                + "; "
                                + ids.size()
                                + " units need the ids 0 to "
                                + (ids.size() - 1)
                                + ", each once"
                                + REMEDY);
            }
            seen.set(id);
        }
        return ids;
    }

    private static List<BytePairs.Merge> parseMerges(Path file, byte[] content, int limit)
            throws IOException {
        List<BytePairs.Merge> merges = new ArrayList<>();
        int number = 0;
        for (String line :
                (Iterable<String>) new String(content, StandardCharsets.UTF_8).lines()::iterator) {
            number++;
            boolean heading = number == 1 && line.contains("#version");
            if (heading || line.isEmpty()) {
                continue;
            }
            if (merges.size() == limit) {
                break;
            }
            merges.add(merge(file + " line " + number, line));
        }
        return merges;
    }

    private static BytePairs.Merge merge(String where, String line) throws IOException {
        int blank = line.indexOf(' ');
        if (blank < 1 || blank == line.length() - 1 || line.indexOf(' ', blank + 1) >= 0) {
            throw new IOException(
                    where
                            + ": \""
                            + BytePairs.shown(line)
                            + "\" is not two units with one blank between them"
                            + REMEDY);
        }
        return new BytePairs.Merge(line.substring(0, blank), line.substring(blank + 1));
    }
}
