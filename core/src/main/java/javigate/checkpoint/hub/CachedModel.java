package javigate.checkpoint.hub;

import java.nio.file.Path;

/**
 * A snapshot in the cache.
 *
 * @param name {@code org/name}
 * @param commit 40 hex digits
 * @param folder the snapshot's folder
 * @param bytes size of its files
 */
public record CachedModel(String name, String commit, Path folder, long bytes) {}
