/** The command line: one picocli class per verb, nothing else. */
@NullMarked
package javigate.cli;

import org.jspecify.annotations.NullMarked;
