"""Short gray clips for the tests of the luma codecs."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from codec.plane_codecs import (
    CodedRun,
    PlaneCodecSpec,
    PlaneParameters,
    decode_planes,
    open_plane_encoder,
    plane_parameters,
)
from codec.video.picture import PlaneArray

MakeClip = Callable[..., list[PlaneArray]]
Code = Callable[..., tuple[PlaneParameters, CodedRun]]
Decode = Callable[[PlaneParameters, CodedRun], list[PlaneArray]]


def _moving(rng: np.random.Generator, width: int, height: int, index: int) -> PlaneArray:
    rows, columns = np.mgrid[:height, :width]
    waves = 120 + 60 * np.sin((columns + 3 * index) / 9) + 40 * np.cos((rows - 2 * index) / 7)
    return (waves + rng.integers(-2, 3, (height, width))).astype(np.uint8)


@pytest.fixture
def make_clip() -> MakeClip:
    """``make_clip(kind, width, height, num_frames)``: moving waves, noise of all values, or one value."""

    def make(kind: str, width: int, height: int, num_frames: int) -> list[PlaneArray]:
        rng = np.random.default_rng(11)
        if kind == "noise":
            return [rng.integers(0, 256, (height, width), dtype=np.uint8) for _ in range(num_frames)]
        if kind == "flat":
            return [np.full((height, width), 77, np.uint8) for _ in range(num_frames)]
        return [_moving(rng, width, height, index) for index in range(num_frames)]

    return make


@pytest.fixture
def code() -> Code:
    """``code("x264", planes)``: the run of these planes, and what its decoder needs."""

    def run(
        text: str, planes: list[PlaneArray], frame_rate: Fraction = Fraction(25)
    ) -> tuple[PlaneParameters, CodedRun]:
        spec = PlaneCodecSpec.parse(text)
        height, width = planes[0].shape
        parameters = plane_parameters(spec, width, height)
        encoder = open_plane_encoder(spec, parameters, frame_rate)
        for plane in planes:
            encoder.write(plane)
        return parameters, encoder.finish()

    return run


@pytest.fixture
def decode() -> Decode:
    """``decode(parameters, run)``: all planes of a run."""

    def planes(parameters: PlaneParameters, run: CodedRun) -> list[PlaneArray]:
        return list(decode_planes(parameters, run, max_frames=1000))

    return planes
