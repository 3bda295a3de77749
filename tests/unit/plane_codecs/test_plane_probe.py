"""``auto``: x264 where frames resemble each other, FFV1 where they do not."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from codec.errors import InputError
from codec.plane_codecs import PlaneCodecSpec, plane_parameters, tried_codecs
from codec.plane_codecs.probe import probed_bytes
from codec.video.picture import Picture

RATE = Fraction(25)


def smallest(runs) -> PlaneCodecSpec:
    """The smallest of the codecs that ``auto`` tries on runs of gray planes."""

    def size(spec: PlaneCodecSpec) -> Fraction:
        height, width = next((run[0].shape for run in runs if run), (1, 1))
        pictures = [[Picture(plane) for plane in run] for run in runs]
        return probed_bytes(spec, plane_parameters(spec, width, height), pictures, RATE)

    return min(tried_codecs(), key=size)


@pytest.fixture
def slides():
    """Frames of smooth shapes that have nothing in common, which favor FFV1."""
    rng = np.random.default_rng(2)
    rows, columns = np.mgrid[:96, :128]
    return [
        (128 + 100 * np.sin(columns / a + c) * np.cos(rows / b)).astype(np.uint8)
        for a, b, c in rng.uniform(5, 20, (4, 3))
    ]


def test_still_pictures_go_to_x264(make_clip) -> None:
    still = make_clip("moving", 128, 96, 1) * 5
    assert smallest([still]) == PlaneCodecSpec("x264")


def test_unrelated_pictures_go_to_ffv1(slides) -> None:
    assert smallest([slides, slides]) == PlaneCodecSpec("ffv1")


def test_runs_are_weighed_together(slides, make_clip) -> None:
    # One run of large, unrelated pictures outweighs a run of still ones that costs nearly nothing.
    assert smallest([make_clip("flat", 128, 96, 4), slides]) == PlaneCodecSpec("ffv1")


def test_an_estimate_looks_past_the_first_frame(slides) -> None:
    # The first frame alone is smaller in FFV1; the repetitions after it cost x264 nothing.
    assert smallest([slides[:1]]) == PlaneCodecSpec("ffv1")
    assert smallest([slides[:1] * 3]) == PlaneCodecSpec("x264")


@pytest.mark.parametrize("runs", [[], [[]]])
def test_without_frames(runs) -> None:
    assert smallest(runs) == PlaneCodecSpec("x264")


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (175, 143)])
def test_one_frame_of_any_size(size, make_clip) -> None:
    assert smallest([make_clip("noise", *size, 1)]).codec in ("x264", "ffv1")


def test_frames_of_two_sizes_are_refused(make_clip) -> None:
    with pytest.raises(InputError, match="expected a gray plane of shape"):
        smallest([make_clip("flat", 8, 8, 1) + make_clip("flat", 9, 8, 1)])
