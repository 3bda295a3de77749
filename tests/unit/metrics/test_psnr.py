import math
import re
from fractions import Fraction

import av
import numpy as np
import pytest

from codec.metrics import SquaredError, add_chroma_error, chroma_psnr_db, psnr_db
from codec.video.color import ColorConversion
from codec.video.picture import Picture, rgb_to_ycocg_r
from codec.video.pixel_formats import pixel_format


def _conversion(name):
    return ColorConversion(pixel_format(name), matrix=6, full_range=False)


def _filter_statistics(name, pairs, path):
    """Per-frame statistics that FFmpeg's filter ``name`` writes about pairs of (rows, columns) yuv420p arrays."""
    rows, columns = pairs[0][0].shape
    graph = av.filter.Graph()
    geometry = {"width": columns, "height": rows * 2 // 3, "format": "yuv420p", "time_base": Fraction(1, 25)}
    inputs = [graph.add_buffer(**geometry) for _ in range(2)]
    comparison, sink = graph.add(name, f"stats_file={path}"), graph.add("buffersink")
    for i, source in enumerate(inputs):
        source.link_to(comparison, 0, i)
    comparison.link_to(sink)
    graph.configure()
    for pts, pair in enumerate(pairs):
        for source, samples in zip(inputs, pair, strict=True):
            frame = av.VideoFrame.from_ndarray(samples, format="yuv420p")
            frame.pts, frame.time_base = pts, Fraction(1, 25)
            source.push(frame)
        sink.pull()
    for source in inputs:
        source.push(None)
    with pytest.raises(EOFError):
        sink.pull()
    del graph, inputs, source, comparison, sink  # closes the file
    return [dict(re.findall(r"(\w+):([\d.]+)", line)) for line in path.read_text().splitlines()]


def test_agrees_with_ffmpeg(tmp_path):
    rng = np.random.default_rng(0)
    width, height = 48, 32
    original = rng.integers(0, 256, (3, height * 3 // 2, width), np.uint8)
    noise = rng.integers(-6, 7, original.shape)
    decoded = np.clip(original.astype(np.int16) + noise, 0, 255).astype(np.uint8)
    pairs = list(zip(original, decoded, strict=True))
    expected = _filter_statistics("psnr", pairs, tmp_path / "psnr.txt")
    yuv = pixel_format("yuv420p")
    total = SquaredError()
    for (first, second), line in zip(pairs, expected, strict=True):
        pictures = [yuv.unpack(samples.tobytes(), width, height) for samples in (first, second)]
        mse = (float(line["mse_u"]) + float(line["mse_v"])) / 2
        psnr = chroma_psnr_db(_conversion("yuv420p"), *pictures)
        assert psnr == pytest.approx(10 * math.log10(255**2 / mse), abs=0.005)
        add_chroma_error(total, _conversion("yuv420p"), *pictures)
    mean = np.mean([float(line[key]) for line in expected for key in ("mse_u", "mse_v")])
    assert total.mse == pytest.approx(mean, abs=0.01)
    assert total.num_samples == 3 * 2 * 24 * 16


def test_known_values():
    assert psnr_db(1, 255) == pytest.approx(48.1308, abs=1e-4)
    assert psnr_db(255**2, 255) == 0
    assert psnr_db(0, 255) == math.inf


def test_luma_does_not_count():
    chroma = np.full((2, 2), 128, np.uint8)
    first = Picture(np.zeros((4, 4), np.uint8), (chroma, chroma))
    second = Picture(np.full((4, 4), 255, np.uint8), (chroma, chroma))
    assert chroma_psnr_db(_conversion("yuv420p"), first, second) == math.inf


def test_rgb_is_measured_over_cb_and_cr():
    rng = np.random.default_rng(1)
    first, second = (rng.integers(0, 256, (6, 5, 3), np.uint8) for _ in range(2))
    planes = []
    for rgb in (first, second):
        red, green, blue = (rgb[..., i].astype(np.float64) for i in range(3))
        luma = 0.299 * red + 0.587 * green + 0.114 * blue
        planes.append(np.stack([(blue - luma) / 1.772, (red - luma) / 1.402]))
    expected = 10 * np.log10(255**2 / np.mean((planes[0] - planes[1]) ** 2))
    pictures = [rgb_to_ycocg_r(rgb) for rgb in (first, second)]
    assert chroma_psnr_db(_conversion("rgb24"), *pictures) == pytest.approx(expected, abs=1e-4)


def test_gray_has_no_chroma_psnr():
    picture = Picture(np.zeros((4, 4), np.uint8))
    assert chroma_psnr_db(_conversion("gray"), picture, picture) is None


def test_unequal_shapes_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        SquaredError().add(np.zeros(3), np.zeros(4))
    with pytest.raises(ValueError, match="none"):
        _ = SquaredError().mse
