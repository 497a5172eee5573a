/** Libraries as files that other programs read: npy, Parquet, JSON lines. */
@NullMarked
package javigate.search.exchange;

import org.jspecify.annotations.NullMarked;
