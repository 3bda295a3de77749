"""What the tests of the metrics share: FFmpeg's filters as a second opinion, and pictures of a real video."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from codec.video.picture import PlaneArray
from codec.video.pixel_formats import pixel_format

SAMPLE = Path(__file__).parents[3] / "samples" / "demo_cc0_flower_320x180_15fps.mp4"
NUM_NATURAL = 6


def compare_with_ffmpeg(name: str, form: str, pairs: list[tuple[bytes, bytes]], size: tuple[int, int]) -> list[dict]:
    """What FFmpeg's filter ``name``, psnr or ssim, says of pairs of raw (decoded, original) frames.

    Returns:
        For each pair the figures by name, without ``lavfi.NAME.``: ``mse.u``, ``psnr.u``; ``U``.
    """
    width, height = size
    time_base = Fraction(1, 25)
    graph = av.filter.Graph()
    inputs = [graph.add_buffer(width=width, height=height, format=form, time_base=time_base) for _ in range(2)]
    comparison, sink = graph.add(name), graph.add("buffersink")
    for i, source in enumerate(inputs):
        source.link_to(comparison, 0, i)
    comparison.link_to(sink)
    graph.configure()
    figures = []
    for pts, pair in enumerate(pairs):
        for source, raw in zip(inputs, pair, strict=True):
            samples = np.frombuffer(raw, np.uint8).reshape(-1, width)  # planes below each other
            frame = av.VideoFrame.from_ndarray(samples, format=form)
            frame.pts, frame.time_base = pts, time_base
            source.push(frame)
        metadata = sink.pull().metadata
        figures.append({key.removeprefix(f"lavfi.{name}."): float(value) for key, value in metadata.items()})
    return figures


@pytest.fixture(scope="session")
def natural_yuv420p() -> list[bytes]:
    """Raw 4:2:0 frames, 320x180, of the flower that opens: every tenth, so that they differ."""
    with av.open(str(SAMPLE)) as container:
        frames = [frame for i, frame in enumerate(container.decode(video=0)) if i % 10 == 0][:NUM_NATURAL]
    return [np.ascontiguousarray(frame.to_ndarray(format="yuv420p")).tobytes() for frame in frames]


@pytest.fixture(scope="session")
def natural_luma(natural_yuv420p: list[bytes]) -> list[PlaneArray]:
    """The gray planes of these frames: (180, 320) uint8."""
    return [pixel_format("yuv420p").unpack(raw, 320, 180).luma for raw in natural_yuv420p]


@pytest.fixture(scope="session")
def natural_rgb() -> list[PlaneArray]:
    """The same frames as FFmpeg turns them into R'G'B': (180, 320, 3) uint8."""
    with av.open(str(SAMPLE)) as container:
        frames = [frame for i, frame in enumerate(container.decode(video=0)) if i % 10 == 0][:NUM_NATURAL]
    return [frame.to_ndarray(format="rgb24") for frame in frames]
