/** The library over HTTP: a JSON API and the web page that uses it. */
@NullMarked
package javigate.server;

import org.jspecify.annotations.NullMarked;
