package javigate.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder of cached clips, one file each, which several processes of one machine may share.
 *
 * <p>{@code clips/ab/abcd….clip} are the clips; their times of change say when they were last used.
 * {@code parts/NAME.PID.….part} are being written; {@code open/PID.….keys} name the clips that a
 * process has in use. What a process left behind that no longer lives is removed.
 */
final class ClipFolder {

    private final Path clips;
    private final Path parts;
    private final Path open;

    private record Entry(Path file, long bytes, FileTime used) {}

    ClipFolder(Path folder) throws IOException {
        clips = Files.createDirectories(folder.resolve("clips"));
        parts = Files.createDirectories(folder.resolve("parts"));
        open = Files.createDirectories(folder.resolve("open"));
        removeLeftovers(parts, 1);
        removeLeftovers(open, 0);
    }

    /** Where a clip is or will be. */
    Path file(String key) {
        return clips.resolve(key.substring(0, 2)).resolve(key + ".clip");
    }

    /** Notes that clips are in use; the returned file is to be deleted when they no longer are. */
    Path use(Collection<String> keys) throws IOException {
        // Under another name first: a list is seen whole or not at all.
        Path beside = Files.createTempFile(parts, "keys." + pid() + ".", ".part");
        Files.write(beside, keys);
        String name = String.valueOf(beside.getFileName());
        Path list = open.resolve(name.substring("keys.".length()).replace(".part", ".keys"));
        return Files.move(beside, list, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Marks a clip as used now. */
    void touch(String key) throws IOException {
        Files.setLastModifiedTime(file(key), FileTime.from(Instant.now()));
    }

    /** Writes a clip: beside its place, to the disk, then renamed. */
    void write(String key, ByteBuffer content) throws IOException {
        Path file = file(key);
        Files.createDirectories(file.resolveSibling(""));
        Path beside = Files.createTempFile(parts, key + "." + pid() + ".", ".part");
        try {
            try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
                while (content.hasRemaining()) {
                    channel.write(content);
                }
                channel.force(true);
            } catch (IOException e) {
                throw new IOException(
                        "%s: cannot be written (%s)".formatted(beside, e.getMessage()), e);
            }
            Files.move(
                    beside,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    /**
     * Makes room for more clips, removing those whose last use is longest ago and that no process
     * has in use.
     *
     * @param more bytes wanted
     * @param limit most bytes of all clips together
     * @throws IOException if they do not fit even so; nothing is removed then
     */
    void makeRoom(long more, long limit) throws IOException {
        List<Entry> entries = entries();
        long total = entries.stream().mapToLong(Entry::bytes).sum();
        if (total + more <= limit) {
            return;
        }
        Set<Path> used = inUse();
        List<Entry> idle =
                entries.stream()
                        .filter(entry -> !used.contains(entry.file()))
                        .sorted(Comparator.comparing(Entry::used))
                        .toList();
        long kept = total - idle.stream().mapToLong(Entry::bytes).sum();
        if (kept + more > limit) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "%s: the clips need up to %.2f GB beside %.2f GB in use, over the limit"
                                    + " of %.2f GB; give more with --cache-gb, or train on fewer"
                                    + " clips",
                            clips,
                            more / 1e9,
                            kept / 1e9,
                            limit / 1e9));
        }
        for (Entry entry : idle) {
            if (total + more <= limit) {
                break;
            }
            Files.deleteIfExists(entry.file());
            total -= entry.bytes();
        }
    }

    private List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (Stream<Path> files = Files.walk(clips, 2)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                if (now.isRegularFile()) {
                    entries.add(new Entry(file, now.size(), now.lastModifiedTime()));
                }
            }
        } catch (NoSuchFileException | UncheckedIOException e) {
            throw new IOException(clips + ": another process removes clips; start again", e);
        }
        return entries;
    }

    private Set<Path> inUse() throws IOException {
        Set<Path> used = new HashSet<>();
        try (Stream<Path> lists = Files.list(open)) {
            for (Path list : (Iterable<Path>) lists::iterator) {
                try {
                    Files.readAllLines(list).forEach(key -> used.add(file(key)));
                } catch (NoSuchFileException _) {
                    // Closed a moment ago: its clips are free.
                }
            }
        }
        return used;
    }

    /** Deletes the files whose process, named in a field between dots, has ended. */
    private static void removeLeftovers(Path folder, int field) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String[] fields = String.valueOf(file.getFileName()).split("\\.", -1);
                if (fields.length <= field || !lives(fields[field])) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static boolean lives(String pid) {
        return pid.matches("[0-9]{1,18}")
                && ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false);
    }

    private static long pid() {
        return ProcessHandle.current().pid();
    }
}
