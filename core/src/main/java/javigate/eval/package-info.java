/** Evaluation: recall and ranks over a score matrix. */
@NullMarked
package javigate.eval;

import org.jspecify.annotations.NullMarked;
