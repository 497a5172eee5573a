/** Writes an evaluation as a page that needs nothing else: tables, charts, pictures. */
@NullMarked
package javigate.report;

import org.jspecify.annotations.NullMarked;
