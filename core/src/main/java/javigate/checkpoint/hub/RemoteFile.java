package javigate.checkpoint.hub;

/**
 * A file as the hub announces it.
 *
 * @param model whose it is
 * @param file path within the model's repository
 * @param etag name of its blob: SHA-256 of a large file, git's SHA-1 of a small one
 * @param bytes its size
 */
record RemoteFile(ModelName model, String file, String etag, long bytes) {}
