"""The bench's nets in PyTorch, ready for inference."""
import sys
from pathlib import Path

FOLDER = str(Path(__file__).resolve().parent)
# torchvision.py of this folder must not shadow the package of the same name
sys.path = [entry for entry in sys.path if entry != FOLDER]
import torch  # noqa: E402
import torchvision  # noqa: E402

sys.path.append(FOLDER)

SIZE = 224


def torchvision_net(name: str) -> torch.nn.Module:
    """By its name in torchvision.models; random weights, the same in every run."""
    torch.manual_seed(0)
    return frozen(getattr(torchvision.models, name)(weights=None))


def is_torchvision(name: str) -> bool:
    return hasattr(torchvision.models, name)


def frozen(net: torch.nn.Module) -> torch.nn.Module:
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    return net.eval()
