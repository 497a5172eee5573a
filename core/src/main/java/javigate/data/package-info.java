/** Dataset readers and the SightSound generator. */
@NullMarked
package javigate.data;

import org.jspecify.annotations.NullMarked;
