package javigate.checkpoint.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Models from a hub, and those that are in its cache already. The cache is the one of the Python
 * library huggingface_hub: each uses what the other has fetched.
 *
 * <p>A name is a preset ({@code clip-b32}, {@code clip-b16}, {@code ast}) or {@code org/name}; a
 * revision is a branch, a tag, {@code refs/pr/N} or a commit. Both throw {@link
 * IllegalArgumentException} when they cannot be one.
 */
public final class HubModels {

    /** Told of what a pull does. */
    public interface Listener {

        /** Bytes of a file that are there, of all it will have. */
        default void progress(String file, long bytes, long totalBytes) {}

        /** A file is in its place; {@code fetched} tells whether from the hub or the cache. */
        default void done(String file, long bytes, boolean fetched) {}

        /** Something the user should know, one line. */
        default void note(String line) {}
    }

    private final HubSettings settings;

    public HubModels(HubSettings settings) {
        this.settings = settings;
    }

    /**
     * Fetches what is missing of a model. Other pulls may run at the same time. Without a network,
     * or where {@code HF_HUB_OFFLINE} is set, a snapshot that is complete in the cache does.
     *
     * @return the snapshot's folder, named after its commit
     * @throws IOException one line that says why not; what came so far is kept where it is sound,
     *     and the next pull goes on there
     */
    public Path pull(String name, String revision, Listener listener) throws IOException {
        ModelName model = ModelName.parse(name);
        HubCache cache = new HubCache(settings.cache(), model);
        ModelName.requireRevision(revision);
        if (settings.offline()) {
            return fromCache(cache, revision, listener)
                    .orElseThrow(
                            () ->
                                    new IOException(
                                            "%s %s: HF_HUB_OFFLINE is set and %s has no whole copy; unset it to download"
                                                    .formatted(model, revision, settings.cache())));
        }
        try (HubClient client = new HubClient(settings, model, revision)) {
            Plan plan;
            try {
                plan = plan(client, cache, model + " " + revision + ": ");
            } catch (HubUnreachableException e) {
                Optional<Path> cached = fromCache(cache, revision, listener);
                if (cached.isEmpty()) {
                    throw e;
                }
                listener.note(e.getMessage() + "; the copy in the cache is used");
                return cached.get();
            }
            for (String file : plan.present()) {
                Path there = cache.snapshot(plan.commit()).resolve(file);
                listener.done(file, Files.size(there), false);
            }
            for (RemoteFile remote : plan.missing()) {
                boolean fetched = fetch(client, cache, plan.commit(), remote, listener);
                listener.done(remote.file(), remote.bytes(), fetched);
            }
            // Last, so that a revision's commit is one that is whole.
            cache.setCommit(revision, plan.commit());
            return cache.snapshot(plan.commit());
        }
    }

    /** Whether a name is one of the presets. */
    public static boolean isPreset(String name) {
        return ModelName.PRESETS.containsKey(name);
    }

    /** A model's whole snapshot in the cache, as it was last pulled; the network is not asked. */
    public Optional<Path> cached(String name, String revision) throws IOException {
        HubCache cache = new HubCache(settings.cache(), ModelName.parse(name));
        return fromCache(cache, ModelName.requireRevision(revision), new Listener() {});
    }

    /** Every snapshot of a model in the cache, whole or not, by name. */
    public List<CachedModel> list() throws IOException {
        return HubCache.list(settings.cache());
    }

    private static Optional<Path> fromCache(HubCache cache, String revision, Listener listener)
            throws IOException {
        Optional<String> commit = cache.commit(revision);
        if (commit.isEmpty()) {
            return Optional.empty();
        }
        Optional<List<String>> files = cache.complete(commit.get());
        if (files.isEmpty()) {
            return Optional.empty();
        }
        Path folder = cache.snapshot(commit.get());
        for (String file : files.get()) {
            listener.done(file, Files.size(folder.resolve(file)), false);
        }
        return Optional.of(folder);
    }

    /**
     * What a pull will do; nothing is written before it is known whole and sound.
     *
     * @param present files that the snapshot has
     * @param missing those to fetch or link, the weights last
     */
    private record Plan(String commit, List<String> present, List<RemoteFile> missing) {}

    private static Plan plan(HubClient client, HubCache cache, String about) throws IOException {
        HubClient.Listing listing = client.list();
        List<String> files = files(client, listing, about);
        List<String> present = new ArrayList<>();
        List<RemoteFile> missing = new ArrayList<>();
        for (String file : files) {
            if (Files.isRegularFile(cache.snapshot(listing.commit()).resolve(file))) {
                present.add(file);
            } else {
                missing.add(client.head(listing.commit(), file));
            }
        }
        return new Plan(listing.commit(), present, missing);
    }

    private static List<String> files(HubClient client, HubClient.Listing listing, String about)
            throws IOException {
        try {
            ModelFiles chosen = ModelFiles.choose(listing.files());
            String index = chosen.index();
            return index == null
                    ? chosen.files()
                    : chosen.withParts(client.bytes(listing.commit(), index), listing.files());
        } catch (BadModelException e) {
            throw new IOException(about + e.getMessage(), e);
        }
    }

    /** Puts one file in its place; returns whether it had to be downloaded. */
    private boolean fetch(
            HubClient client, HubCache cache, String commit, RemoteFile remote, Listener listener)
            throws IOException {
        Path blob = cache.blob(remote.etag());
        Path file = cache.snapshot(commit).resolve(remote.file());
        Runnable waiting =
                () -> listener.note("another pull fetches " + remote.file() + "; waiting for it");
        try (BlobLock _ = BlobLock.take(cache.lock(remote.etag()), waiting)) {
            if (Files.isRegularFile(file)) {
                return false;
            }
            boolean fresh = !Files.isRegularFile(blob);
            if (fresh) {
                new BlobDownload(
                                client,
                                commit,
                                remote,
                                bytes -> listener.progress(remote.file(), bytes, remote.bytes()))
                        .into(blob);
            }
            cache.place(blob, file, fresh, settings.links());
            return fresh;
        }
    }
}
