package javigate.tensor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Weight files of every known form, told apart by their content: safetensors, PyTorch's zip form
 * and TorchScript, PyTorch's legacy form, and folders or index files of several such shards. Files
 * are mapped; nothing in them runs.
 */
public final class WeightFiles {

    /** What a model folder of the hub keeps its weights in, the best first. */
    private static final List<String> NAMES =
            List.of(
                    "model.safetensors",
                    "model.safetensors.index.json",
                    "pytorch_model.bin",
                    "pytorch_model.bin.index.json");

    private static final long MAX_INDEX_BYTES = Safetensors.MAX_HEADER_BYTES;

    private WeightFiles() {}

    /**
     * The weight file that {@link #open} reads for a path: itself, or the one of a folder.
     *
     * @throws IOException if a folder has none, or there is no such file
     */
    public static Path locate(Path path) throws IOException {
        if (Files.isRegularFile(path)) {
            return path;
        }
        if (!Files.isDirectory(path)) {
            throw new IOException(path + ": no such file or folder");
        }
        for (String name : NAMES) {
            if (Files.isRegularFile(path.resolve(name))) {
                return path.resolve(name);
            }
        }
        throw new IOException(
                path + ": no weights in this folder; it would hold " + String.join(" or ", NAMES));
    }

    /**
     * Opens a weight file, a folder with one, or the index of its shards.
     *
     * @throws IOException in one line, naming the file and what is wrong with it
     */
    public static Weights open(Path path) throws IOException {
        Path file = locate(path);
        return isIndex(file) ? openShards(file) : MappedFile.read(file, WeightFiles::read);
    }

    /**
     * The files that {@link #open} reads for a file: itself, with its shards where it is an index.
     *
     * @throws IOException if an index is damaged
     */
    public static List<Path> files(Path file) throws IOException {
        List<Path> files = new ArrayList<>(List.of(file));
        if (isIndex(file)) {
            new TreeSet<>(weightMap(file).values())
                    .forEach(shard -> files.add(file.resolveSibling(shard)));
        }
        return files;
    }

    private static boolean isIndex(Path file) {
        return file.getFileName().toString().endsWith(".index.json");
    }

    private static Weights read(MappedFile mapped) throws IOException {
        // First, for the length of a header may read PK; of the others none has this byte there.
        if (byteAt(mapped, 8) == '{') {
            return Safetensors.read(mapped);
        }
        if (byteAt(mapped, 0) == 'P' && byteAt(mapped, 1) == 'K') {
            return TorchFile.readZip(mapped, TorchArchive.open(mapped));
        }
        if (byteAt(mapped, 0) == 0x80) {
            return TorchFile.readLegacy(mapped);
        }
        throw new IOException(
                mapped.file()
                        + ": not a weight file; known are safetensors, PyTorch's (torch.save,"
                        + " TorchScript), and the index of their shards");
    }

    private static int byteAt(MappedFile mapped, long at) {
        return at < mapped.size() ? mapped.bytes().get(ValueLayout.JAVA_BYTE, at) & 0xff : -1;
    }

    /** An index: {"weight_map": {tensor: file}}; the files lie beside it. */
    private static Weights openShards(Path index) throws IOException {
        Map<String, String> shardOf = weightMap(index);
        List<Weights> shards = new ArrayList<>();
        try {
            Map<String, Weights> byFile = new LinkedHashMap<>();
            for (String shard : new TreeSet<>(shardOf.values())) {
                Weights opened = MappedFile.read(index.resolveSibling(shard), WeightFiles::read);
                shards.add(opened);
                byFile.put(shard, opened);
            }
            Weights all = Weights.over(shards);
            for (Map.Entry<String, String> e : shardOf.entrySet()) {
                Weights shard = byFile.get(e.getValue());
                if (shard == null || !shard.has(e.getKey())) {
                    throw new IOException(
                            "%s: tensor %s is not in %s"
                                    .formatted(
                                            index,
                                            Weights.shown(e.getKey()),
                                            Weights.shown(e.getValue())));
                }
                all.put(e.getKey(), shard.get(e.getKey()));
            }
            return all;
        } catch (IOException | RuntimeException e) {
            shards.forEach(Weights::close);
            throw e;
        }
    }

    private static Map<String, String> weightMap(Path index) throws IOException {
        JsonNode map;
        try (InputStream in = Files.newInputStream(index)) {
            byte[] bytes = in.readNBytes((int) MAX_INDEX_BYTES);
            map = Safetensors.JSON.readTree(bytes).path("weight_map");
        } catch (JsonProcessingException e) {
            throw new IOException(
                    index + ": not JSON: " + Weights.shown(e.getOriginalMessage()), e);
        } catch (CharConversionException e) {
            throw new IOException(
                    index + ": not JSON: " + Weights.shown(String.valueOf(e.getMessage())), e);
        }
        DataTypes.requireTensors(index.toString(), map.size());
        Map<String, String> shardOf = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> e : map.properties()) {
            String shard = e.getValue().asText();
            if (!shard.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,200}")) {
                throw new IOException(
                        "%s: a shard named %s; shards lie beside their index"
                                .formatted(index, Weights.shown(shard)));
            }
            shardOf.put(e.getKey(), shard);
        }
        if (shardOf.isEmpty()) {
            throw new IOException(index + ": no weight_map of tensors to files in it");
        }
        return shardOf;
    }
}
