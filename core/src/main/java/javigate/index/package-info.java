/** The store of embedded clips and its exact scoring kernel; holds no model and no tensor. */
@NullMarked
package javigate.index;

import org.jspecify.annotations.NullMarked;
