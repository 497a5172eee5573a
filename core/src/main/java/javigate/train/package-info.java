/** Training: configuration, optimiser, the stages of the SightSound recipe. */
@NullMarked
package javigate.train;

import org.jspecify.annotations.NullMarked;
