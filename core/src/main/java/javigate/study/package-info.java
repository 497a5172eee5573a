/** Studies: tables of variants over seeds, each cell a training and an evaluation. */
@NullMarked
package javigate.study;

import org.jspecify.annotations.NullMarked;
