/** TEFAL (Ibrahimi et al., ICCV 2023): frames and sound, each pooled as the text asks for them. */
@NullMarked
package javigate.model.tefal;

import org.jspecify.annotations.NullMarked;
