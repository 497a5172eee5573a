/** AVIGATE (CVPR 2025): audio resampler, gated fusion, adaptive margin. */
@NullMarked
package javigate.model.avigate;

import org.jspecify.annotations.NullMarked;
