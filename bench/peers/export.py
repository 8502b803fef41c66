"""Exports a torchvision classifier with random weights, of a fixed seed, to ONNX: python export.py NET FILE

Float32, 3x224x224 in, 1000 logits out, a free batch; the TorchScript exporter, opset 17.
"""
import logging
import sys
import warnings
from pathlib import Path

from nets import SIZE, torch, torchvision_net


def main() -> None:
    net, file = sys.argv[1], Path(sys.argv[2])
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    file.parent.mkdir(parents=True, exist_ok=True)
    # a file that was begun but not finished is never taken for a net
    part = file.with_suffix(".part")
    torch.onnx.export(
        torchvision_net(net),
        (torch.zeros(1, 3, SIZE, SIZE),),
        part,
        dynamo=False,
        opset_version=17,
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
    )
    part.rename(file)


main()
