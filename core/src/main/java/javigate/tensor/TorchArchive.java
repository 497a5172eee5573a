package javigate.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Where the parts of a PyTorch zip file lie. PyTorch stores every entry as it is, so that it can be
 * mapped; a compressed one is refused, and with it every zip bomb. Nothing is unpacked.
 *
 * @param pickle data.pkl
 * @param storages by key
 */
record TorchArchive(TorchFile.Extent pickle, Map<String, TorchFile.Extent> storages) {

    private static final int MAX_ENTRIES = 200_000;

    /**
     * Reads the directory of the zip.
     *
     * @throws IOException if it is damaged, or not one of PyTorch's
     */
    static TorchArchive open(Path file) throws IOException {
        try (ZipFile zip = ZipFile.builder().setPath(file).get()) {
            List<ZipArchiveEntry> entries = Collections.list(zip.getEntries());
            requireSound(file, entries);
            String root = root(file, entries);
            Map<String, TorchFile.Extent> byName = new HashMap<>();
            for (ZipArchiveEntry entry : entries) {
                if (byName.put(entry.getName(), extent(entry)) != null) {
                    throw new IOException(file + ": two entries named " + shown(entry));
                }
            }
            ZipArchiveEntry order = zip.getEntry(root + "byteorder");
            if (order != null && !little(zip, order)) {
                throw new IOException(
                        file + ": written on a big-endian machine; save it on another");
            }
            return of(file, root, byName);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IOException(file + ": a damaged zip (" + oneLine(e) + ")", e);
        } catch (IOException e) {
            String message = oneLine(e);
            throw message.startsWith(file.toString())
                    ? e
                    : new IOException(
                            file + ": damaged or cut short, its zip is not whole (" + message + ")",
                            e);
        }
    }

    private static TorchArchive of(Path file, String root, Map<String, TorchFile.Extent> byName)
            throws IOException {
        TorchFile.Extent pickle = byName.get(root + "data.pkl");
        if (pickle == null) {
            throw new IOException(file + ": a zip without data.pkl; not one of PyTorch's");
        }
        String prefix = root + "data/";
        Map<String, TorchFile.Extent> storages = new HashMap<>();
        byName.forEach(
                (name, extent) -> {
                    if (name.startsWith(prefix)) {
                        storages.put(name.substring(prefix.length()), extent);
                    }
                });
        return new TorchArchive(pickle, storages);
    }

    TorchFile.@Nullable Extent storage(String key) {
        return storages.get(key);
    }

    private static String oneLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static String shown(ZipArchiveEntry entry) {
        return Unpickler.shown(entry.getName());
    }

    private static TorchFile.Extent extent(ZipArchiveEntry entry) {
        return new TorchFile.Extent(entry.getDataOffset(), entry.getSize());
    }

    /** The one folder all of PyTorch's entries lie in, with its slash. */
    private static String root(Path file, List<ZipArchiveEntry> entries) throws IOException {
        List<String> pickles =
                entries.stream()
                        .map(ZipArchiveEntry::getName)
                        .filter(name -> name.matches("[^/]+/data\\.pkl"))
                        .toList();
        if (pickles.size() != 1) {
            throw new IOException(
                    "%s: a zip with %d files data.pkl; one of PyTorch's has one"
                            .formatted(file, pickles.size()));
        }
        return pickles.get(0).substring(0, pickles.get(0).length() - "data.pkl".length());
    }

    /** Every entry stored as it is, inside the file, none over another, none with a path out. */
    private static void requireSound(Path file, List<ZipArchiveEntry> entries) throws IOException {
        if (entries.size() > MAX_ENTRIES) {
            throw new IOException(
                    "%s: a zip of %d entries (limit %d)"
                            .formatted(file, entries.size(), MAX_ENTRIES));
        }
        List<ZipArchiveEntry> byPlace = new ArrayList<>(entries);
        byPlace.sort(Comparator.comparingLong(ZipArchiveEntry::getDataOffset));
        long fileBytes = java.nio.file.Files.size(file);
        long position = 0;
        for (ZipArchiveEntry entry : byPlace) {
            String name = entry.getName();
            if (name.startsWith("/")
                    || name.contains("\\")
                    || List.of(name.split("/")).contains("..")) {
                throw new IOException(
                        "%s: an entry named %s; paths must not leave the zip"
                                .formatted(file, shown(entry)));
            }
            if (entry.getMethod() != ZipEntry.STORED
                    || entry.getSize() != entry.getCompressedSize()
                    || entry.getGeneralPurposeBit().usesEncryption()) {
                throw new IOException(
                        "%s: entry %s is compressed or encrypted; PyTorch stores as it is, save it"
                                        .formatted(file, shown(entry))
                                + " again with torch.save");
            }
            long end = Math.addExact(entry.getDataOffset(), entry.getSize());
            if (entry.getDataOffset() < position || entry.getSize() < 0 || end > fileBytes) {
                throw new IOException(
                        "%s: entry %s at byte %d of %d bytes lies over another or outside the file"
                                .formatted(
                                        file,
                                        shown(entry),
                                        entry.getDataOffset(),
                                        entry.getSize()));
            }
            position = end;
        }
    }

    private static boolean little(ZipFile zip, ZipArchiveEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return new String(in.readNBytes(16), StandardCharsets.US_ASCII).startsWith("little");
        }
    }
}
