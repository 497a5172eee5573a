/**
 * Files to frames and waveform: exact sparse sampling, Pillow-identical resizing, Kaldi
 * filterbanks, mp4 writing.
 */
@NullMarked
package javigate.media;

import org.jspecify.annotations.NullMarked;
