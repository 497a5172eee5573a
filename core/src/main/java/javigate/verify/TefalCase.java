package javigate.verify;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javigate.model.ContrastiveLoss;
import javigate.model.Score;
import javigate.model.tefal.TefalConfig;
import javigate.model.tefal.TefalPooling;
import javigate.model.xpool.TextConditionedPooling.Tail;
import javigate.tensor.Parameters;
import org.bytedeco.pytorch.Tensor;

/**
 * The reference case of TEFAL, in both readings of its blocks. For each: both conditioned
 * embeddings and their sum, the cosines of it and of each alone, the loss and its directions, the
 * gradients by texts, frames, audio tokens, scale and parameters.
 *
 * <p>A parameter's gradient that is stored as zeros throughout is not compared: the reference has
 * not collected it. (That of the audio block's keys is stored so, where differences of the loss
 * itself are far from zero; a test holds ours to those.)
 */
final class TefalCase {

    private TefalCase() {}

    static void run(ReferenceCase c, Path folder) {
        Set<String> uncollected = uncollected(c);
        variant(c, "paper", Tail.NONE, uncollected);
        variant(c, "xpool_block", Tail.PROJECTION, uncollected);
        c.requireAllCompared(uncollected);
    }

    private static void variant(ReferenceCase c, String name, Tail tail, Set<String> uncollected) {
        String out = "out." + name + ".";
        Leaves leaves = new Leaves(c);
        TefalPooling pooling =
                new TefalPooling(
                        Parameters.of(leaves.weights("pool_frames.", "pool_audio.")),
                        c.config("embed_dim"),
                        new TefalConfig.Pooling(
                                c.config("heads"), tail, TefalConfig.Fusion.ADD, 0));
        Tensor text = leaves.of("text", c.tensor("in.text"));
        Tensor video = leaves.of("video", c.tensor("in.video"));
        Tensor audio = leaves.of("audio", c.tensor("in.audio"));
        Tensor logScale = leaves.of("logit_scale", c.tensor("in.logit_scale"));
        int patches = c.config("audio_tokens_used");
        int before = c.config("audio_tokens_in") - patches; // class and distillation
        TefalPooling.ClipKeys clips =
                pooling.keysValues(video, null, audio.narrow(1, before, patches));
        TefalPooling.Conditioned both = pooling.conditioned(text, clips, false); // [T, V, D]
        c.compare(out + "video_given_text", both.video().transpose(0, 1));
        c.compare(out + "audio_given_text", both.audio().transpose(0, 1));
        c.compare(out + "joint", both.video().add(both.audio()).transpose(0, 1));
        c.compare(out + "sims_video_only", Score.conditioned(text, both.video()));
        c.compare(out + "sims_audio_only", Score.conditioned(text, both.audio()));
        Tensor scores = pooling.score(text, clips, false);
        c.compare(out + "sims", scores);
        Tensor logits = scores.mul(logScale.exp());
        c.compare(out + "loss_t2v", ContrastiveLoss.direction(logits));
        c.compare(out + "loss_v2t", ContrastiveLoss.direction(logits.t()));
        Tensor loss = ContrastiveLoss.sum(logits);
        c.compare(out + "loss", loss);
        loss.backward();
        leaves.compare(out + "grad_", uncollected);
    }

    /** Names of the parameters' gradients that are stored as zeros. */
    private static Set<String> uncollected(ReferenceCase c) {
        Set<String> names = new HashSet<>();
        for (String name : List.copyOf(c.tensors().names())) {
            if (name.contains(".grad_") && name.endsWith("_weight") && isZero(c, name)) {
                names.add(name);
            }
        }
        return names;
    }

    private static boolean isZero(ReferenceCase c, String name) {
        for (float value : c.tensors().floats(name)) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }
}
