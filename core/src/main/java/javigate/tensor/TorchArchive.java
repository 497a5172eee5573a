package javigate.tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the parts of a PyTorch zip file lie, read from the mapped file itself: the directory at its
 * end (APPNOTE 4.3.12 to 4.3.16, zip64 where the sizes need it). What is used must be stored as it
 * is, so that it can be mapped; TorchScript's code is compressed, and passed over. Nothing is
 * unpacked.
 *
 * @param pickle data.pkl
 * @param storages by key
 */
record TorchArchive(TorchFile.Extent pickle, Map<String, TorchFile.Extent> storages) {

    private static final int MAX_ENTRIES = 200_000;

    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int LOCAL_HEADER_BYTES = 30;
    private static final int DIRECTORY_ENTRY = 0x02014b50;
    private static final int DIRECTORY_ENTRY_BYTES = 46;
    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int END_64_LOCATOR = 0x07064b50;
    private static final int END_64_LOCATOR_BYTES = 20;
    private static final int END_64 = 0x06064b50;

    private static final int ENCRYPTED = 1;
    private static final long IN_ZIP64 = 0xffffffffL;

    private record Directory(long at, long bytes, long entries) {}

    /**
     * An entry of the directory.
     *
     * @param header byte its local header begins at
     * @param stored neither compressed nor encrypted
     */
    private record Entry(String name, long header, TorchFile.Extent data, boolean stored) {}

    /**
     * Reads the directory of the zip.
     *
     * @throws IOException if it is damaged, or not one of PyTorch's
     */
    static TorchArchive open(MappedFile mapped) throws IOException {
        String file = mapped.file().toString();
        List<Entry> entries;
        try {
            entries = entries(mapped.bytes(), file);
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw notWhole(file, e);
        }
        requireSound(file, entries);
        String root = root(file, entries);
        Map<String, TorchFile.Extent> used = new HashMap<>();
        for (Entry entry : entries) {
            if (!isUsed(entry.name(), root)) {
                continue;
            }
            if (!entry.stored()) {
                throw new IOException(
                        "%s: entry %s is compressed or encrypted; save it again with torch.save"
                                .formatted(file, Weights.shown(entry.name())));
            }
            if (used.put(entry.name().substring(root.length()), entry.data()) != null) {
                throw new IOException(file + ": two entries named " + Weights.shown(entry.name()));
            }
        }
        requireLittleEndian(mapped, used.get("byteorder"));
        TorchFile.Extent pickle = used.remove("data.pkl");
        if (pickle == null) {
            throw new IOException(file + ": a zip without data.pkl; not one of PyTorch's");
        }
        Map<String, TorchFile.Extent> storages = new HashMap<>();
        used.forEach((name, extent) -> storages.put(name.replaceFirst("^data/", ""), extent));
        return new TorchArchive(pickle, storages);
    }

    TorchFile.@Nullable Extent storage(String key) {
        return storages.get(key);
    }

    private static IOException notWhole(String file, @Nullable Exception cause) {
        return new IOException(file + ": damaged or cut short, its zip is not whole", cause);
    }

    private static boolean isUsed(String name, String root) {
        return name.equals(root + "data.pkl")
                || name.equals(root + "byteorder")
                || name.startsWith(root + "data/");
    }

    private static List<Entry> entries(MemorySegment zip, String file) throws IOException {
        Directory directory = directory(zip, file);
        if (directory.entries() > MAX_ENTRIES) {
            throw new IOException(
                    "%s: a zip of %d entries (limit %d)"
                            .formatted(file, directory.entries(), MAX_ENTRIES));
        }
        MemorySegment bytes = zip.asSlice(directory.at(), directory.bytes());
        List<Entry> entries = new ArrayList<>();
        long at = 0;
        for (long i = 0; i < directory.entries(); i++) {
            if (int32(bytes, at) != DIRECTORY_ENTRY) {
                throw notWhole(file, null);
            }
            long end =
                    at
                            + DIRECTORY_ENTRY_BYTES
                            + int16(bytes, at + 28)
                            + int16(bytes, at + 30)
                            + int16(bytes, at + 32);
            entries.add(entry(zip, bytes.asSlice(at, end - at), directory.at(), file));
            at = end;
        }
        if (at != directory.bytes()) {
            throw notWhole(file, null);
        }
        return entries;
    }

    /** PyTorch writes no comment behind the zip, so its end is the file's. */
    private static Directory directory(MemorySegment zip, String file) throws IOException {
        long end = zip.byteSize() - END_BYTES;
        if (int32(zip, end) != END) {
            throw notWhole(file, null);
        }
        long entries = int16(zip, end + 10);
        long bytes = uint32(zip, end + 12);
        long at = uint32(zip, end + 16);
        if (entries == 0xffff || bytes == IN_ZIP64 || at == IN_ZIP64) {
            long locator = end - END_64_LOCATOR_BYTES;
            if (int32(zip, locator) != END_64_LOCATOR) {
                throw notWhole(file, null);
            }
            long end64 = int64(zip, locator + 8);
            if (int32(zip, end64) != END_64) {
                throw notWhole(file, null);
            }
            entries = int64(zip, end64 + 32);
            bytes = int64(zip, end64 + 40);
            at = int64(zip, end64 + 48);
            end = end64;
        }
        if (at > end - bytes) {
            throw notWhole(file, null);
        }
        return new Directory(at, bytes, entries);
    }

    private static Entry entry(MemorySegment zip, MemorySegment entry, long limit, String file)
            throws IOException {
        int nameBytes = int16(entry, 28);
        long packed = uint32(entry, 20);
        long size = uint32(entry, 24);
        long header = uint32(entry, 42);
        if (packed == IN_ZIP64 || size == IN_ZIP64 || header == IN_ZIP64) {
            MemorySegment wide = zip64(entry, DIRECTORY_ENTRY_BYTES + nameBytes);
            long at = 0;
            if (size == IN_ZIP64) {
                size = int64(wide, at);
                at += 8;
            }
            if (packed == IN_ZIP64) {
                packed = int64(wide, at);
                at += 8;
            }
            if (header == IN_ZIP64) {
                header = int64(wide, at);
            }
        }
        String name = text(entry, DIRECTORY_ENTRY_BYTES, nameBytes);
        int localNameBytes = int16(zip, header + 26);
        long data = header + LOCAL_HEADER_BYTES + localNameBytes + int16(zip, header + 28);
        if (int32(zip, header) != LOCAL_HEADER
                || !text(zip, header + LOCAL_HEADER_BYTES, localNameBytes).equals(name)
                || packed > limit - data) {
            throw new IOException(
                    "%s: entry %s at byte %d of %d bytes is not in the file; damaged or cut short"
                            .formatted(file, Weights.shown(name), header, packed));
        }
        boolean stored =
                int16(entry, 10) == 0 && size == packed && (int16(entry, 8) & ENCRYPTED) == 0;
        return new Entry(name, header, new TorchFile.Extent(data, packed), stored);
    }

    /** The extra field of wide sizes, from its first value on. */
    private static MemorySegment zip64(MemorySegment entry, long at) {
        while (int16(entry, at) != 1) {
            at += 4 + int16(entry, at + 2);
        }
        return entry.asSlice(at + 4, int16(entry, at + 2));
    }

    /** The one folder all of PyTorch's entries lie in, with its slash. */
    private static String root(String file, List<Entry> entries) throws IOException {
        List<String> pickles =
                entries.stream()
                        .map(Entry::name)
                        .filter(name -> name.matches("[^/]+/data\\.pkl"))
                        .toList();
        if (pickles.size() != 1) {
            throw new IOException(
                    "%s: a zip with %d files data.pkl; one of PyTorch's has one"
                            .formatted(file, pickles.size()));
        }
        return pickles.get(0).substring(0, pickles.get(0).length() - "data.pkl".length());
    }

    /** No entry over another, none with a path out. */
    private static void requireSound(String file, List<Entry> entries) throws IOException {
        List<Entry> byPlace = new ArrayList<>(entries);
        byPlace.sort(Comparator.comparingLong(Entry::header));
        long position = 0;
        for (Entry entry : byPlace) {
            String name = entry.name();
            if (name.startsWith("/")
                    || name.contains("\\")
                    || List.of(name.split("/", -1)).contains("..")) {
                throw new IOException(
                        "%s: an entry named %s; paths must not leave the zip"
                                .formatted(file, Weights.shown(name)));
            }
            if (entry.header() < position) {
                throw new IOException(
                        "%s: entry %s at byte %d lies over another"
                                .formatted(file, Weights.shown(name), entry.header()));
            }
            position = entry.data().at() + entry.data().bytes();
        }
    }

    private static void requireLittleEndian(MappedFile mapped, TorchFile.@Nullable Extent order)
            throws IOException {
        if (order != null
                && !text(mapped.bytes(), order.at(), (int) Math.min(16, order.bytes()))
                        .startsWith("little")) {
            throw new IOException(
                    mapped.file() + ": written on a big-endian machine; save it on another");
        }
    }

    private static int int16(MemorySegment bytes, long at) {
        return bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at)
                & 0xffff;
    }

    private static int int32(MemorySegment bytes, long at) {
        return bytes.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at);
    }

    private static long uint32(MemorySegment bytes, long at) {
        return int32(bytes, at) & 0xffffffffL;
    }

    /** A size or place of zip64; one beyond 2^63 lies in no file. */
    private static long int64(MemorySegment bytes, long at) {
        long value =
                bytes.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at);
        if (value < 0) {
            throw new ArithmeticException("beyond 2^63");
        }
        return value;
    }

    private static String text(MemorySegment bytes, long at, int length) {
        return new String(
                bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }
}
