"""``auto``: x264 where frames resemble each other, FFV1 where they do not."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from codec.errors import InputError
from codec.plane_codecs import PlaneCodecSpec, choose_luma

RATE = Fraction(25)


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
    assert choose_luma([still], RATE) == PlaneCodecSpec("x264")


def test_unrelated_pictures_go_to_ffv1(slides) -> None:
    assert choose_luma([slides, slides], RATE) == PlaneCodecSpec("ffv1")


def test_runs_are_weighed_together(slides, make_clip) -> None:
    # One run of large, unrelated pictures outweighs a run of still ones that costs nearly nothing.
    assert choose_luma([make_clip("flat", 128, 96, 4), slides], RATE) == PlaneCodecSpec("ffv1")


def test_an_estimate_looks_past_the_first_frame(slides) -> None:
    # The first frame alone is smaller in FFV1; the repetitions after it cost x264 nothing.
    assert choose_luma([slides[:1]], RATE) == PlaneCodecSpec("ffv1")
    assert choose_luma([slides[:1] * 3], RATE) == PlaneCodecSpec("x264")


@pytest.mark.parametrize("runs", [[], [[]]])
def test_without_frames(runs) -> None:
    assert choose_luma(runs, RATE) == PlaneCodecSpec("x264")


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (175, 143)])
def test_one_frame_of_any_size(size, make_clip) -> None:
    assert choose_luma([make_clip("noise", *size, 1)], RATE).codec in ("x264", "ffv1")


def test_frames_of_two_sizes_are_refused(make_clip) -> None:
    with pytest.raises(InputError, match="expected a gray plane of shape"):
        choose_luma([make_clip("flat", 8, 8, 1) + make_clip("flat", 9, 8, 1)], RATE)
