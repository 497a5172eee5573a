package javigate.study;

import java.util.Map;
import javigate.eval.RetrievalScores;

/**
 * What came out of one training.
 *
 * @param identity digest of configuration, data and starting model
 * @param validation best R@1 on the selection split, percent
 * @param epoch when it was
 * @param trainedParameters values that were trained
 * @param minutes the training took, on whatever else the machine did
 * @param heard figures by kind of clip, "all" first
 * @param muted the same with every clip embedded as if it had no audio track
 * @param gates mean g_mha and g_ffn of each layer by kind of clip, [L][2]
 */
record Cell(
        String variant,
        long seed,
        String identity,
        double validation,
        int epoch,
        long trainedParameters,
        double minutes,
        Map<String, RetrievalScores> heard,
        Map<String, RetrievalScores> muted,
        Map<String, double[][]> gates) {}
