/** AST, the Audio Spectrogram Transformer (Gong et al., Interspeech 2021). */
@NullMarked
package javigate.model.ast;

import org.jspecify.annotations.NullMarked;
