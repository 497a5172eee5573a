/** The library of videos: adding, searching, explaining. */
@NullMarked
package javigate.search;

import org.jspecify.annotations.NullMarked;
