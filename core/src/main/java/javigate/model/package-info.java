/** Retrieval models: what they take and give, and the score they share. */
@NullMarked
package javigate.model;

import org.jspecify.annotations.NullMarked;
