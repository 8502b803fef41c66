"""An ONNX file as a torch module, with a module for each node, so that hook-based libraries see each activation once."""
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn


def convolution(attributes: dict, weight: torch.Tensor, bias: torch.Tensor) -> nn.Module:
    if attributes.get("auto_pad", b"NOTSET") != b"NOTSET":
        raise ValueError(f"auto_pad {attributes['auto_pad']}")
    groups = attributes.get("group", 1)
    conv = nn.Conv2d(
        weight.shape[1] * groups,
        weight.shape[0],
        tuple(weight.shape[2:]),
        stride=tuple(attributes.get("strides", [1, 1])),
        groups=groups,
    )
    conv.weight.data, conv.bias.data = weight, bias
    top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
    if top == left == bottom == right:
        conv.padding = (top, left)
        return conv
    return nn.Sequential(nn.ZeroPad2d((left, right, top, bottom)), conv)


def linear(attributes: dict, weight: torch.Tensor, bias: torch.Tensor) -> nn.Module:
    if attributes.get("transB", 0) != 1:
        raise ValueError("a Gemm whose weights are not transposed")
    module = nn.Linear(weight.shape[1], weight.shape[0])
    module.weight.data, module.bias.data = weight, bias
    return module


class Sum(nn.Module):
    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return a + b


# What EfficientNet-Lite0 is made of: its Clips are all to 0..6, its mean is over all pixels.
MODULES = {
    "Conv": convolution,
    "Gemm": linear,
    "Clip": lambda attributes, *constants: nn.ReLU6(),
    "ReduceMean": lambda attributes, *constants: nn.AdaptiveAvgPool2d(1),
    "Reshape": lambda attributes, *constants: nn.Flatten(1),
    "Add": lambda attributes: Sum(),
}


class Twin(nn.Module):
    def __init__(self, file: Path) -> None:
        super().__init__()
        graph = onnx.load(file).graph
        constants = {c.name: torch.from_numpy(np.array(numpy_helper.to_array(c))) for c in graph.initializer}
        self.input, self.output = graph.input[0].name, graph.output[0].name
        self.steps = []
        for i, node in enumerate(graph.node):
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            given = [constants[name] for name in node.input if name in constants]
            self.add_module(f"m{i}", MODULES[node.op_type](attributes, *given))
            self.steps.append((f"m{i}", [name for name in node.input if name not in constants], node.output[0]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        values = {self.input: x}
        for module, inputs, output in self.steps:
            values[output] = getattr(self, module)(*(values[name] for name in inputs))
        return values[self.output]
