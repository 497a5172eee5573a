package javigate.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class MultiHeadAttentionTest {

    /** Output and gradients of both ways to attend to other tokens. */
    @Test
    void fewQueriesAttendAsAnyOthers() {
        for (int heads : new int[] {1, 2, 4}) {
            try (var _ = new PointerScope()) {
                torch.manual_seed(heads);
                Weights weights = new Weights();
                weights.put("in_proj_weight", torch.randn(48, 16).mul_(new Scalar(0.3)));
                weights.put("in_proj_bias", torch.randn(48));
                weights.put("out_proj.weight", torch.randn(16, 16));
                weights.put("out_proj.bias", torch.randn(16));
                MultiHeadAttention attention =
                        new MultiHeadAttention(
                                Parameters.of(weights), 16, heads, Init.ZEROS, Init.ZEROS);
                Tensor x = torch.randn(3, 5, 16);
                Tensor other = torch.randn(3, 40, 16);
                List<Tensor> plain = outputAndGradients(weights, x, other, attention::cross);
                List<Tensor> few = outputAndGradients(weights, x, other, attention::crossOfFew);
                for (int i = 0; i < plain.size(); i++) {
                    assertArrayEquals(
                            Ops.toFloats(plain.get(i).reshape(-1)),
                            Ops.toFloats(few.get(i).reshape(-1)),
                            1e-4f);
                }
                assertTrue(plain.getLast().abs().max().item_float() > 1e-2);
            }
        }
    }

    private interface Attention {
        Tensor of(Tensor x, Tensor other);
    }

    private static List<Tensor> outputAndGradients(
            Weights weights, Tensor x, Tensor other, Attention attention) {
        Tensor in = weights.get("in_proj_weight").requires_grad_(true);
        Tensor from = x.clone().requires_grad_(true);
        Tensor to = other.clone().requires_grad_(true);
        in.mutable_grad().reset();
        Tensor out = attention.of(from, to);
        out.mul(torch.arange(new Scalar(out.numel())).view_as(out).cos()).sum().backward();
        return List.of(out.detach(), from.grad(), to.grad(), in.grad().clone());
    }
}
