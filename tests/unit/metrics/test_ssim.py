import re
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from codec.metrics import mean_ssim


def _noisy_pair(sigma, size=(96, 128)):
    rng = np.random.default_rng(0)
    original = rng.uniform(60, 200, size)
    decoded = original + rng.normal(0, sigma, size)
    return original.astype(np.uint8), np.clip(np.rint(decoded), 0, 255).astype(np.uint8)


def _ffmpeg_ssim(original, decoded, path):
    height, width = original.shape
    graph = av.filter.Graph()
    geometry = {"width": width, "height": height, "format": "gray", "time_base": Fraction(1, 25)}
    inputs = [graph.add_buffer(**geometry) for _ in range(2)]
    comparison, sink = graph.add("ssim", f"stats_file={path}"), graph.add("buffersink")
    for i, source in enumerate(inputs):
        source.link_to(comparison, 0, i)
    comparison.link_to(sink)
    graph.configure()
    for source, plane in zip(inputs, (original, decoded), strict=True):
        frame = av.VideoFrame.from_ndarray(plane, format="gray")
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        source.push(frame)
    sink.pull()
    del graph, inputs, source, comparison, sink  # closes the file
    match = re.search(r"Y:([\d.]+)", path.read_text())
    assert match
    return float(match[1])


@pytest.mark.parametrize("sigma", [2, 8, 25])
def test_formula_with_a_gaussian_window(sigma):
    original, decoded = _noisy_pair(sigma)
    x, y = original.astype(np.float64), decoded.astype(np.float64)

    def blur(values):
        return cv2.GaussianBlur(values, (11, 11), 1.5)

    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mx, my = blur(x), blur(y)
    vx, vy, cov = blur(x * x) - mx * mx, blur(y * y) - my * my, blur(x * y) - mx * my
    local = (2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    assert mean_ssim(original, decoded) == pytest.approx(local[5:-5, 5:-5].mean(), abs=1e-6)


@pytest.mark.parametrize("sigma", [2, 8, 25])
def test_near_ffmpegs_box_window(sigma, tmp_path):
    original, decoded = _noisy_pair(sigma)
    assert mean_ssim(original, decoded) == pytest.approx(_ffmpeg_ssim(original, decoded, tmp_path / "s"), abs=0.03)


def test_equal_planes():
    original, _ = _noisy_pair(5)
    assert mean_ssim(original, original) == 1


@pytest.mark.parametrize("shapes", [((20, 20), (20, 21)), ((10, 40), (10, 40))])
def test_bad_shapes_are_refused(shapes):
    with pytest.raises(ValueError, match="11 samples or more"):
        mean_ssim(*(np.zeros(shape, np.uint8) for shape in shapes))
