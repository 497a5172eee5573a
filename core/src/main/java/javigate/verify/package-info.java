/** Runs reference cases: outputs of the papers' official code. */
@NullMarked
package javigate.verify;

import org.jspecify.annotations.NullMarked;
