/**
 * Downloads of model weights from a hub, into the cache that the Python library huggingface_hub
 * documents and shares.
 */
@NullMarked
package javigate.checkpoint.hub;

import org.jspecify.annotations.NullMarked;
