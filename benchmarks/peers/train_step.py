"""The training step of AVIGATE with frozen towers in Python's torch, the peer of `javigate bench train`.

Reads the weights, the batch and the names of the trained weights from the file that the bench writes, takes steps
(forward, loss of equation 6 with the adaptive margin, backward, global clipping, AdamW), and prints a JSON object a line:
the loss before the first step, then, for every line read from standard input with a number of steps, their times in ms.

    python3 benchmarks/peers/train_step.py FILE < rounds
"""

import json
import os
import sys
import time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
if "avx512bw" in open("/proc/cpuinfo").read():
    os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")

import numpy as np
import torch
import torch.nn.functional as nn


def read(path):
    with open(path, "rb") as f:
        size = int.from_bytes(f.read(8), "little")
        header = json.loads(f.read(size))
        data = np.fromfile(f, dtype=np.uint8)
    kinds = {"F32": np.float32, "I64": np.int64}
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            array = data[begin:end].view(kinds[entry["dtype"]]).reshape(entry["shape"])
            tensors[name] = torch.from_numpy(array.copy())
    return tensors, header["__metadata__"]


class Model:
    def __init__(self, weights, config):
        self.w = weights
        self.c = config

    def norm(self, x, name, eps):
        return nn.layer_norm(x, x.shape[-1:], self.w[name + ".weight"], self.w[name + ".bias"], eps)

    def heads(self, x, heads):
        return x.view(x.shape[0], x.shape[1], heads, -1).transpose(1, 2)

    def attention(self, q, k, v, name, heads, mask=None):
        scale = (q.shape[-1] // heads) ** -0.5
        q, k, v = (self.heads(x, heads) for x in (q, k, v))
        scores = torch.matmul(q * scale, k.transpose(-1, -2))
        if mask is not None:
            scores = scores + mask
        mixed = torch.matmul(torch.softmax(scores, -1), v).transpose(1, 2)
        mixed = mixed.reshape(mixed.shape[0], mixed.shape[1], -1)
        return nn.linear(mixed, self.w[name + ".out_proj.weight"], self.w[name + ".out_proj.bias"])

    def self_attention(self, x, name, heads, mask=None):
        q, k, v = nn.linear(x, self.w[name + ".in_proj_weight"], self.w[name + ".in_proj_bias"]).chunk(3, -1)
        return self.attention(q, k, v, name, heads, mask)

    def cross_attention(self, x, audio, name, heads):
        width = x.shape[-1]
        weight, bias = self.w[name + ".in_proj_weight"], self.w[name + ".in_proj_bias"]
        q = nn.linear(x, weight[:width], bias[:width])
        k, v = nn.linear(audio, weight[width:], bias[width:]).chunk(2, -1)
        return self.attention(q, k, v, name, heads)

    def gelu(self, x):
        return x * torch.sigmoid(1.702 * x)

    def mlp(self, x, name):
        hidden = self.gelu(nn.linear(x, self.w[name + ".c_fc.weight"], self.w[name + ".c_fc.bias"]))
        return nn.linear(hidden, self.w[name + ".c_proj.weight"], self.w[name + ".c_proj.bias"])

    def text(self, ids):
        length = ids.shape[1]
        x = nn.embedding(ids, self.w["clip.token_embedding.weight"]) + self.w["clip.positional_embedding"][:length]
        causal = torch.full((length, length), float("-inf")).triu(1)
        for i in range(self.c["textLayers"]):
            name = f"clip.transformer.resblocks.{i}."
            x = x + self.self_attention(self.norm(x, name + "ln_1", 1e-5), name + "attn", self.c["textHeads"], causal)
            x = x + self.mlp(self.norm(x, name + "ln_2", 1e-5), name + "mlp")
        states = x[torch.arange(len(ids)), ids.argmax(1)]
        return self.norm(states, "clip.ln_final", 1e-5) @ self.w["clip.text_projection"]

    def audio(self, tokens):
        merged = torch.cat([tokens[:, :2].mean(1, keepdim=True), tokens[:, 2:]], 1)
        return self.norm(merged, "clip.audio.v.norm", 1e-6) @ self.w["clip.audio_projection"]

    def resample(self, audio):
        q = self.w["query_tokens"].t() + self.w["query_position_embeddings.weight"]
        q = q.unsqueeze(0).expand(len(audio), -1, -1)
        heads = self.c["heads"]
        for i in range(self.c["resamplerLayers"]):
            name = f"transformer_Fusion.resblocks.{i}."
            q = q + self.self_attention(self.norm(q, name + "ln_1", 1e-12), name + "attn", heads)
            keys = self.norm(audio, name + "ln_3", 1e-12)
            q = q + self.cross_attention(self.norm(q, name + "ln_3", 1e-12), keys, name + "cross_attn", heads)
            q = q + self.mlp(self.norm(q, name + "ln_2", 1e-12), name + "mlp")
        return q

    def gate(self, joint, name, short):
        hidden = self.gelu(nn.linear(joint, self.w[f"{name}.{short}_fc.weight"]))
        return torch.tanh(nn.linear(hidden, self.w[f"{name}.{short}_proj.weight"])).unsqueeze(2)

    def fuse(self, frames, mask, audio):
        heads = self.c["heads"]
        positioned = frames + self.w["frame_position_embeddings.weight"][: frames.shape[1]]
        keys = torch.zeros_like(mask).masked_fill(mask == 0, float("-inf"))[:, None, None, :]
        x = positioned
        for i in range(self.c["fusionLayers"]):
            name = f"transformerClip.resblocks.{i}."
            seen = (x * mask.unsqueeze(2)).sum(1) / mask.sum(1, keepdim=True)
            joint = torch.cat([seen, audio.mean(1)], 1)
            mha, ffn = self.gate(joint, name + "attn_gate", "ag"), self.gate(joint, name + "ff_gate", "fg")
            x = x + mha * self.cross_attention(self.norm(x, name + "ln_3", 1e-12), audio, name + "cross_attn", heads)
            hidden = self.gelu(nn.linear(self.norm(x, name + "ln_4", 1e-12), self.w[name + "cross_ff.cross_fc.weight"]))
            x = x + ffn * nn.linear(hidden, self.w[name + "cross_ff.cross_proj.weight"])
            x = x + self.self_attention(self.norm(x, name + "ln_1", 1e-12), name + "attn", heads, keys)
            x = x + self.mlp(self.norm(x, name + "ln_2", 1e-12), name + "mlp")
        return self.c["blend"] * x + (1 - self.c["blend"]) * positioned, positioned

    def loss(self, ids, frames, mask, tokens):
        text = nn.normalize(self.text(ids), dim=-1)
        fused, positioned = self.fuse(frames, mask, self.resample(self.audio(tokens)))
        scale = self.w["clip.logit_scale"].exp()
        unit = nn.normalize(fused, dim=-1)
        share = mask.unsqueeze(2) / mask.sum(1)[:, None, None]
        pooled = nn.normalize((unit * share).sum(1), dim=-1)
        cosines = torch.matmul(text, unit.reshape(-1, unit.shape[-1]).t()).view(len(ids), *mask.shape)
        alpha = self.c["alpha"] or self.c["lambda"] * scale
        local = torch.logsumexp((cosines * alpha).masked_fill(mask == 0, float("-inf")), 2) / alpha
        score = (text @ pooled.t() + local) / 2
        with torch.no_grad():
            plain = nn.normalize((nn.normalize(positioned, dim=-1) * share).sum(1), dim=-1)
            margin = self.c["marginLambda"] * (1 - (text @ text.t() + plain @ plain.t()) / 2)
            margin = margin.clamp(max=self.c["marginMax"]).fill_diagonal_(0)
        logits = (score + margin) * scale
        target = torch.arange(len(ids))
        return (nn.cross_entropy(logits, target) + nn.cross_entropy(logits.t(), target)) / 2


def main():
    tensors, metadata = read(sys.argv[1])
    config = json.loads(metadata["config"])
    torch.set_num_threads(config["threads"])
    weights = {n[len("weight."):]: t for n, t in tensors.items() if n.startswith("weight.")}
    trained = [weights[n].requires_grad_(True) for n in metadata["trained"].split("\n")]
    inputs = [tensors["input." + n] for n in ("ids", "frames", "mask", "tokens")]
    model = Model(weights, config)
    decayed = [p for p in trained if p.dim() > 1]
    plain = [p for p in trained if p.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": config["weightDecay"]}, {"params": plain, "weight_decay": 0.0}],
        lr=1e-6, foreach=True)
    with torch.no_grad():
        print(json.dumps({"loss": model.loss(*inputs).item(), "torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            begin = time.perf_counter()
            optimizer.zero_grad(set_to_none=True)
            loss = model.loss(*inputs)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, config["maxGradientNorm"])
            optimizer.step()
            loss.item()
            times.append(1000 * (time.perf_counter() - begin))
        print(json.dumps({"times": times}), flush=True)


main()
