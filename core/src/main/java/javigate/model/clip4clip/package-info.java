/** CLIP4Clip (Luo et al., 2021; arXiv 2104.08860): CLIP over pooled frames, without sound. */
@NullMarked
package javigate.model.clip4clip;

import org.jspecify.annotations.NullMarked;
