/**
 * The tensor engine: start-up, named parameters, the layers that several models share, tensor
 * files.
 */
@NullMarked
package javigate.tensor;

import org.jspecify.annotations.NullMarked;
