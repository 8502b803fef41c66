"""PyTorch as a contender of the training bench: an epoch of Adam on images in memory."""
import json

import numpy as np
import torch
from serve import serve
from torch import nn

THREADS = 2
BATCH = 64
STEPS = 8
CLASSES = 10


def layer(spec: dict) -> nn.Module:
    """Sizes that depend on the input are found by the first pass."""
    kind = spec["type"]
    if kind == "conv2d":
        return nn.LazyConv2d(spec["filters"], spec["kernel"], padding=spec["padding"])
    if kind == "fullyConnected":
        return nn.LazyLinear(spec["units"])
    if kind == "dropout":
        return nn.Dropout(spec["rate"])
    return {"relu": nn.ReLU, "maxPool": lambda: nn.MaxPool2d(2), "flatten": nn.Flatten}[kind]()


def load(order: dict) -> dict:
    with open(order["file"]) as file:
        spec = json.load(file)[order["net"]]
    count = BATCH * STEPS
    x = torch.from_numpy(np.fromfile(order["input"], np.float32).reshape(count, *spec["input"]))
    labels = torch.arange(count) % CLASSES
    model = nn.Sequential(*(layer(each) for each in spec["layers"]))
    model(x[:1])
    optimizer = torch.optim.Adam(model.parameters())
    model.train()

    def epoch() -> float:
        loss = 0.0
        for rows in torch.randperm(count).split(BATCH):
            optimizer.zero_grad()
            lost = nn.functional.cross_entropy(model(x[rows]), labels[rows])
            lost.backward()
            optimizer.step()
            loss = lost.item()
        return loss

    return {"forward": epoch}


torch.set_num_threads(THREADS)
torch.manual_seed(0)
# each has random weights of its own
serve(load, lambda _: None)
