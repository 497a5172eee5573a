package javigate.checkpoint.hub;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * One model's part of the cache, laid out as the hub's documentation has it ("Hub Local Cache"):
 * {@code models--ORG--NAME/} with {@code blobs/ETAG}, {@code refs/REVISION} holding a commit, and
 * {@code snapshots/COMMIT/FILE}, links to the blobs; locks are in {@code
 * .locks/models--ORG--NAME/}.
 */
final class HubCache {

    private final Path root;
    private final ModelName model;
    private final Path folder;

    HubCache(Path root, ModelName model) {
        this.root = root;
        this.model = model;
        this.folder = root.resolve(model.folder());
    }

    Path blob(String etag) {
        return folder.resolve("blobs").resolve(etag);
    }

    Path snapshot(String commit) {
        return folder.resolve("snapshots").resolve(commit);
    }

    Path lock(String etag) {
        return root.resolve(".locks").resolve(model.folder()).resolve(etag + ".lock");
    }

    private Path ref(String revision) {
        return folder.resolve("refs").resolve(revision);
    }

    /** The commit that a revision stood for when it was last pulled. */
    Optional<String> commit(String revision) throws IOException {
        if (HubClient.isCommit(revision)) {
            return Optional.of(revision);
        }
        if (!Files.isRegularFile(ref(revision))) {
            return Optional.empty();
        }
        return Optional.of(Files.readString(ref(revision)).strip()).filter(HubClient::isCommit);
    }

    /** Notes the commit of a revision, in one step for whoever reads meanwhile. */
    void setCommit(String revision, String commit) throws IOException {
        if (commit(revision).equals(Optional.of(commit))) {
            return; // the cache may be read-only
        }
        Path ref = ref(revision);
        Files.createDirectories(ref.resolveSibling(""));
        Path beside = ref.resolveSibling(ref.getFileName() + "." + UUID.randomUUID() + ".tmp");
        Files.writeString(beside, commit);
        Files.move(
                beside, ref, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Puts a blob where a snapshot has the file: a relative link, or where links cannot be made the
     * file itself, moved there when no other snapshot can have it yet, else copied.
     *
     * @param fresh whether the blob has only now been fetched
     * @param links whether to try a link
     */
    void place(Path blob, Path file, boolean fresh, boolean links) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        Files.deleteIfExists(file); // a link to nowhere
        if (links) {
            try {
                Files.createSymbolicLink(file, file.resolveSibling("").relativize(blob));
                return;
            } catch (FileAlreadyExistsException e) {
                if (Files.exists(file)) {
                    return; // another program was faster
                }
                throw e;
            } catch (UnsupportedOperationException | FileSystemException _) {
                // Windows without the right to make links, or a disk that has none.
            }
        }
        Path whole = blob;
        if (!fresh) {
            whole = blob.resolveSibling(blob.getFileName() + "." + UUID.randomUUID() + ".copy");
            Files.copy(blob, whole);
        }
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * The files of a snapshot that make a model, if they are all there.
     *
     * @throws IOException where a file cannot be read
     */
    Optional<List<String>> complete(String commit) throws IOException {
        Path snapshot = snapshot(commit);
        if (!Files.isDirectory(snapshot)) {
            return Optional.empty();
        }
        List<String> present = files(snapshot);
        try {
            ModelFiles chosen = ModelFiles.choose(present);
            String index = chosen.index();
            if (index == null) {
                return Optional.of(chosen.files());
            }
            byte[] json = Files.readAllBytes(snapshot.resolve(index));
            return Optional.of(chosen.withParts(json, present));
        } catch (BadModelException _) {
            return Optional.empty();
        }
    }

    /** Every snapshot in the cache, whoever put it there. */
    static List<CachedModel> list(Path root) throws IOException {
        List<CachedModel> models = new ArrayList<>();
        for (Path folder : folders(root, "models--?*")) {
            String name = ModelName.ofFolder(String.valueOf(folder.getFileName()));
            for (Path snapshot : folders(folder.resolve("snapshots"), "*")) {
                String commit = String.valueOf(snapshot.getFileName());
                if (!HubClient.isCommit(commit)) {
                    continue;
                }
                long bytes = 0;
                for (String file : files(snapshot)) {
                    bytes += Files.size(snapshot.resolve(file));
                }
                models.add(new CachedModel(name, commit, snapshot, bytes));
            }
        }
        return models;
    }

    private static List<Path> folders(Path parent, String glob) throws IOException {
        List<Path> folders = new ArrayList<>();
        if (Files.isDirectory(parent)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, glob)) {
                found.forEach(folders::add);
            }
        }
        folders.removeIf(f -> !Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS));
        folders.sort(null);
        return folders;
    }

    /**
     * Paths of the files below a snapshot's folder, as the hub writes them; dead links left out.
     */
    private static List<String> files(Path snapshot) throws IOException {
        try (Stream<Path> all = Files.walk(snapshot)) {
            return all.filter(Files::isRegularFile)
                    .map(f -> snapshot.relativize(f).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }
}
