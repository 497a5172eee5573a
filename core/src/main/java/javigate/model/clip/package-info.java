/** CLIP: tokenizer, image encoder, text encoder (Radford et al., 2021). */
@NullMarked
package javigate.model.clip;

import org.jspecify.annotations.NullMarked;
