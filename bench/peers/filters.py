"""OpenCV or SciPy, as the first argument says, as a contender of the filters' bench."""
import sys
from functools import cache

import numpy as np
from serve import serve

THREADS = 2
HEIGHT, WIDTH, CHANNELS = 3000, 4000, 3
SAMPLE_STEP = 100_003
SIGMA_COLOR, SIGMA_SPACE = 0.1, 3
LAPLACIAN = np.array([[1, 4, 1], [4, -20, 4], [1, 4, 1]], np.float32) / 6


def dense(side: int) -> np.ndarray:
    i = np.arange(side * side, dtype=np.int64)
    return ((1 + (i * i + 3 * i) % 1009 / 1009) / (1.5 * side * side)).astype(np.float32).reshape(side, side)


def rows_of(name: str) -> int:
    kind, side = name.split("-")
    if kind == "dense":
        return 150 if int(side) > 31 else 750 if int(side) > 5 else HEIGHT
    return 200 if name == "median-9" else HEIGHT


def opencv(name: str, x: np.ndarray):
    import cv2

    cv2.setNumThreads(THREADS)
    kind, size = name.split("-")
    side = int(size)
    out = np.empty_like(x)
    edge = {"borderType": cv2.BORDER_REPLICATE}
    if kind == "average" and side == 5:
        weights = np.full((side, side), 1 / side**2, np.float32)
        return lambda: cv2.filter2D(x, -1, weights, dst=out, **edge)
    if kind == "average":
        return lambda: cv2.blur(x, (side, side), dst=out, **edge)
    if kind == "gaussian":
        return lambda: cv2.GaussianBlur(x, (0, 0), side, dst=out, **edge)
    if kind == "laplacian":
        return lambda: cv2.filter2D(x, -1, LAPLACIAN, dst=out, **edge)
    if kind == "median" and side <= 5:
        return lambda: cv2.medianBlur(x, side, dst=out)
    if kind == "minimum":
        return lambda: cv2.erode(x, np.ones((side, side), np.uint8), dst=out, **edge)
    if kind == "bilateral":
        # its distance of colours is the sum of the channels' own, not the root of their squares
        return lambda: cv2.bilateralFilter(x, side, SIGMA_COLOR, SIGMA_SPACE, dst=out, **edge)
    if kind == "dense":
        return lambda: cv2.filter2D(x, -1, dense(side), dst=out, **edge)
    return None


def scipy(name: str, x: np.ndarray):
    from scipy import ndimage

    kind, size = name.split("-")
    side = int(size)
    out = np.empty_like(x)
    if kind == "average":
        return lambda: ndimage.uniform_filter(x, (side, side, 1), out, "nearest")
    if kind == "gaussian":
        return lambda: ndimage.gaussian_filter(x, (side, side, 0), output=out, mode="nearest")
    if kind == "laplacian":
        return lambda: ndimage.correlate(x, LAPLACIAN[:, :, None], out, "nearest")
    if kind == "median":
        return lambda: ndimage.median_filter(x, (side, side, 1), output=out, mode="nearest")
    if kind == "minimum":
        return lambda: ndimage.minimum_filter(x, (side, side, 1), output=out, mode="nearest")
    return None


def load(order: dict) -> dict:
    picture = picture_of(order["input"])
    run = library(order["net"], picture[: rows_of(order["net"])])
    return {"forward": run} if run else {}


@cache
def picture_of(file: str) -> np.ndarray:
    return np.fromfile(file, np.float32).reshape(HEIGHT, WIDTH, CHANNELS)


def size_of(answer: np.ndarray) -> float:
    return float(np.abs(answer.reshape(-1)[::SAMPLE_STEP]).astype(np.float64).sum())


library = {"opencv": opencv, "scipy": scipy}[sys.argv[1]]
serve(load, size_of)
