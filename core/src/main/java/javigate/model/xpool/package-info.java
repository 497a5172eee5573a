/** X-Pool (Gorti et al., CVPR 2022, arXiv 2203.15086): frames pooled as each text asks for them. */
@NullMarked
package javigate.model.xpool;

import org.jspecify.annotations.NullMarked;
