#!/usr/bin/env python3
"""Writes weights in every form that PyTorch has, from safetensors files of small ones.

usage: write_weight_forms.py GOLDENS OUT

One folder per source under OUT, with one file (or folder of shards) per form in it.
"""
import collections
import json
import pathlib
import struct
import sys

import torch

SOURCES = ["clip_tiny.openai", "clip_tiny.hf", "ast_tiny.original", "ast_tiny.hf", "avigate_tiny.weights"]
TYPES = {"F32": torch.float32, "I64": torch.int64}


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    tensors = collections.OrderedDict()
    for name, entry in json.loads(data[8:8 + length]).items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            flat = torch.frombuffer(bytearray(data[begin:end]), dtype=TYPES[entry["dtype"]])
            tensors[name] = flat.reshape(entry["shape"])
    return tensors


def tree(tensors, root):
    """Modules by the dots of the names, the tensors their buffers and parameters."""
    for name, tensor in tensors.items():
        module = root
        *path, last = name.split(".")
        for part in path:
            if part not in module._modules:
                module.add_module(part, torch.nn.Module())
            module = module._modules[part]
        if tensor.is_floating_point() and tensor.dim() > 0:
            module.register_parameter(last, torch.nn.Parameter(tensor))
        else:
            module.register_buffer(last, tensor)
    return root


class Root(torch.nn.Module):
    """Its code is long enough for torch.jit.save to compress it."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for i in range(3):
            x = torch.nn.functional.layer_norm(x * i + x, [4]).softmax(dim=-1)
            x = x.transpose(0, 1).contiguous().transpose(0, 1) * 0.5
        return x


def converted(tensors, dtype):
    return collections.OrderedDict((n, t.to(dtype) if t.is_floating_point() else t) for n, t in tensors.items())


def views(tensors):
    """Each other matrix stored transposed; the rest slices of one storage."""
    flat = torch.cat([torch.full((3,), 7.0)] + [t.reshape(-1).float() for t in tensors.values()])
    result, at = collections.OrderedDict(), 3
    for i, (name, tensor) in enumerate(tensors.items()):
        if tensor.dim() == 2 and i % 2:
            result[name] = tensor.t().contiguous().t()
        elif tensor.dtype == torch.float32:
            result[name] = flat[at:at + tensor.numel()].view(tensor.shape)
        else:
            result[name] = tensor
        at += tensor.numel()
    return result


def training(tensors):
    parameters = [torch.nn.Parameter(t.clone()) for t in tensors.values() if t.is_floating_point()]
    optimizer = torch.optim.AdamW(parameters[:3], lr=1e-3)
    sum(p.sum() for p in parameters[:3]).backward()
    optimizer.step()
    return {"epoch": 3, "best": 0.5, "state_dict": tensors, "optimizer": optimizer.state_dict(), "lr": [1e-4, None]}


def shards(tensors, folder):
    folder.mkdir()
    names = list(tensors)
    weight_map = {n: f"pytorch_model-{1 + i % 2:05}-of-00002.bin" for i, n in enumerate(names)}
    for file in set(weight_map.values()):
        torch.save({n: tensors[n] for n in names if weight_map[n] == file}, folder / file)
    index = {"metadata": {"total_size": 1}, "weight_map": weight_map}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))


def write(tensors, out):
    out.mkdir(parents=True)
    module = tree(tensors, Root())
    forms = {
        "zip": tensors,
        "state_dict_of_module": module.state_dict(),
        "parameters": collections.OrderedDict((n, torch.nn.Parameter(t) if t.is_floating_point() else t) for n, t in tensors.items()),
        "parallel": torch.nn.DataParallel(module).state_dict(),
        "views": views(tensors),
        "training": training(tensors),
        "half": converted(tensors, torch.float16),
        "bfloat16": converted(tensors, torch.bfloat16),
        "double": converted(tensors, torch.float64),
    }
    for name, value in forms.items():
        torch.save(value, out / f"{name}.pt")
        torch.save(value, out / f"legacy_{name}.pt", _use_new_zipfile_serialization=False)
    torch.save(tensors, out / "protocol4.pt", pickle_protocol=4)
    shards(tensors, out / "shards")
    torch.jit.save(torch.jit.script(module), out / "script.pt")
    traced = torch.jit.trace(module, torch.ones(2, 4), check_trace=False)
    torch.jit.save(traced, out / "trace.pt")
    scalars = {"input_resolution": 32, "context_length": 16, "vocab_size": 100}
    half = converted(tensors, torch.float16)
    half.update((name, torch.tensor(value)) for name, value in scalars.items())
    torch.jit.save(torch.jit.script(tree(half, Root())), out / "script_half_with_scalars.pt")


def main():
    goldens, out = map(pathlib.Path, sys.argv[1:])
    for source in SOURCES:
        write(read_safetensors(goldens / f"{source}.safetensors"), out / source)


if __name__ == "__main__":
    main()
