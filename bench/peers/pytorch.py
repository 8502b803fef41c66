"""PyTorch and Captum as a contender of the bench."""
import warnings
from pathlib import Path

from nets import SIZE, frozen, is_torchvision, torch, torchvision_net
from serve import serve
from twin import Twin

import captum.attr as attr
import numpy as np

THREADS = 2
SEED = 0


def measures_of(net: torch.nn.Module, x: torch.Tensor, target: int) -> dict:
    saliency = attr.Saliency(net)
    integrated = attr.IntegratedGradients(net)
    noisy = attr.NoiseTunnel(attr.Saliency(net))

    def forward():
        with torch.no_grad():
            return net(x)

    def smoothgrad():
        return noisy.attribute(
            x, nt_type="smoothgrad", nt_samples=25, nt_samples_batch_size=5, stdevs=0.15, target=target
        )

    return {
        "forward": forward,
        "saliency": lambda: saliency.attribute(x.clone().requires_grad_(), target=target),
        "ig": lambda: integrated.attribute(x, target=target, n_steps=50, internal_batch_size=10),
        "smoothgrad": smoothgrad,
    }


def load(order: dict) -> dict:
    # torchvision's are made as they were when they were exported
    net = torchvision_net(order["net"]) if is_torchvision(order["net"]) else frozen(Twin(Path(order["file"])))
    x = torch.from_numpy(np.fromfile(order["input"], np.float32).reshape(1, 3, SIZE, SIZE))
    return measures_of(net, x, order["target"])


warnings.filterwarnings("ignore")
torch.set_num_threads(THREADS)
torch.manual_seed(SEED)
serve(load, lambda answer: answer.detach().abs().sum().item())
