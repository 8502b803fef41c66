"""PyTorch and Captum as a contender of the bench (see lib/protocol.ts): orders on standard input, answers on standard output."""
import json
import sys
import time
import warnings
from pathlib import Path

from nets import SIZE, frozen, is_torchvision, torch, torchvision_net
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


def measure(run, warm: int, runs: int) -> dict:
    for _ in range(warm):
        run()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        answer = run()
        times.append((time.perf_counter() - start) * 1000)
    return {"ms": times, "size": answer.detach().abs().sum().item()}


def main() -> None:
    warnings.filterwarnings("ignore")
    torch.set_num_threads(THREADS)
    torch.manual_seed(SEED)
    measures = {}
    for line in sys.stdin:
        order = json.loads(line)
        try:
            if "net" in order:
                measures = load(order)
                answer = {"measures": list(measures)}
            else:
                answer = measure(measures[order["measure"]], order["warm"], order["runs"])
        except Exception as error:  # whatever goes wrong is a cell of the table
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
