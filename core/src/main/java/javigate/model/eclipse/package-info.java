/** ECLIPSE (Lin et al., ECCV 2022, arXiv 2204.02874): sound inside every block of CLIP's ViT. */
@NullMarked
package javigate.model.eclipse;

import org.jspecify.annotations.NullMarked;
