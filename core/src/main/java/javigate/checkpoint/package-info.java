/** Reading and writing checkpoints. */
@NullMarked
package javigate.checkpoint;

import org.jspecify.annotations.NullMarked;
