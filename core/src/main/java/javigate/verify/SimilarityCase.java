package javigate.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import javigate.model.ContrastiveLoss;
import javigate.model.Score;
import javigate.model.avigate.AdaptiveMargin;
import javigate.tensor.Ops;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The reference case of Eq. 5–9. */
final class SimilarityCase {

    private SimilarityCase() {}

    /** Score, margins and loss with gradients, in the code's and in the paper's convention. */
    static void run(ReferenceCase c, Path folder) {
        Tensor text = c.tensor("in.text");
        Tensor frames = c.tensor("in.fused_frames");
        Tensor mask = c.tensor("in.mask");
        Tensor scale = c.tensor("in.logit_scale").exp();
        Tensor pooled = Score.pool(frames, mask);
        c.compare("out.cos_frames", Score.frameCosines(text, frames));
        c.compare("out.global_video", pooled);
        double lambda = c.configNumber("lambda_official");
        Tensor alpha = Ops.scale(scale, lambda);
        c.compare("out.official.local", Score.local(text, frames, mask, alpha).mul(scale));
        c.compare("out.official.global", Score.global(text, frames, mask).mul(scale));
        c.compare(
                "out.official.logits",
                Score.score(text, frames, mask, alpha, Score.EVEN).mul(scale));
        Tensor half = Ops.scale(scale, 0.5);
        c.compare("out.official_lambda0.5.local", Score.local(text, frames, mask, half).mul(scale));
        c.compare(
                "out.official_lambda0.5.logits",
                Score.score(text, frames, mask, half, Score.EVEN).mul(scale));
        Tensor paper = torch.full(new long[] {}, new Scalar(c.configNumber("alpha_paper")));
        c.compare("out.paper.local", Score.local(text, frames, mask, paper));
        c.compare("out.paper.global", Score.global(text, frames, mask));
        c.compare("out.paper.similarity", Score.score(text, frames, mask, paper, Score.EVEN));
        Tensor original = Score.pool(c.tensor("in.original_frames"), mask);
        Tensor t = Ops.l2Normalise(text);
        c.compare("out.sim_text_text", torch.matmul(t, t.t()));
        c.compare("out.sim_video_video", torch.matmul(original, original.t()));
        JsonNode second = c.json().path("config").path("second_margin");
        Tensor adaptive =
                AdaptiveMargin.of(
                        text, original, c.configNumber("beta"), c.configNumber("margin_max"));
        Tensor smaller =
                AdaptiveMargin.of(
                        text,
                        original,
                        second.path("beta").asDouble(),
                        second.path("max").asDouble());
        c.compare("out.margin", adaptive);
        c.compare("out.margin_b0.1_d0.05", smaller);
        Map<String, Tensor> margins =
                Map.of(
                        "adaptive",
                        adaptive,
                        "adaptive_b0.1_d0.05",
                        smaller,
                        "fixed",
                        AdaptiveMargin.fixed(text, c.configNumber("fixed_margin")),
                        "none",
                        torch.zeros(text.size(0), text.size(0)));
        margins.forEach(
                (name, margin) -> {
                    losses(c, "out.official." + name + ".", margin, lambda, 0);
                    losses(c, "out.paper." + name + ".", margin, 0, c.configNumber("alpha_paper"));
                });
    }

    private static void losses(
            ReferenceCase c, String out, Tensor margin, double lambda, double fixedAlpha) {
        if (!c.tensors().has(out + "loss")) {
            return;
        }
        Tensor text = c.tensor("in.text").clone().requires_grad_(true);
        Tensor frames = c.tensor("in.fused_frames").clone().requires_grad_(true);
        Tensor logScale = c.tensor("in.logit_scale").clone().requires_grad_(true);
        Tensor scale = logScale.exp();
        Tensor alpha =
                fixedAlpha > 0
                        ? torch.full(new long[] {}, new Scalar(fixedAlpha))
                        : Ops.scale(scale, lambda);
        Tensor logits =
                Score.score(text, frames, c.tensor("in.mask"), alpha, Score.EVEN)
                        .add(margin)
                        .mul(scale);
        Tensor loss = ContrastiveLoss.of(logits);
        c.compare(out + "train_logits", logits);
        c.compare(out + "loss_t2v", ContrastiveLoss.direction(logits));
        c.compare(out + "loss_v2t", ContrastiveLoss.direction(logits.t()));
        c.compare(out + "loss", loss);
        loss.backward();
        JsonNode tolerance = c.json().path("tolerance").path("gradients");
        c.compare(out + "grad_text", text.grad(), tolerance);
        c.compare(out + "grad_fused", frames.grad(), tolerance);
        c.compare(out + "grad_logit_scale", logScale.grad(), tolerance);
    }
}
