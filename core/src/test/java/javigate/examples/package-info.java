/** The README's examples, compiled and run. */
@NullMarked
package javigate.examples;

import org.jspecify.annotations.NullMarked;
