"""The search in the library finds the fields of the reference."""

from __future__ import annotations

import ctypes
import itertools
from pathlib import Path

import av
import numpy as np
import pytest

from codec.lossless.block_motion import coarse_by_numpy, reduced
from codec.lossless.motion import field_shape
from codec.lossless.motion_trial import refined
from codec.native import block_motion
from codec.native.motion_search import searched
from tests.unit.native.random_cases import random_scene

SAMPLES = Path(__file__).parents[3] / "samples"


@pytest.mark.parametrize("width", range(1, 71, 3))
def test_every_size(library: ctypes.CDLL, width: int) -> None:
    random = np.random.default_rng(width)
    for height in (1, 1 + 37 * width % 70):
        shape = field_shape(height, width)
        now, before = random_scene(random, (height, width))
        start = random.integers(-600, 601, shape).astype(np.int16)
        assert np.array_equal(searched(library, now, before, [start], shape), refined(now, before, [start]))


@pytest.mark.parametrize("size", [(1, 1), (1, 70), (7, 3), (70, 1), (17, 25)])
def test_noise(library: ctypes.CDLL, size: tuple[int, int]) -> None:
    random = np.random.default_rng(5)
    now, before = (random.integers(0, 256, size).astype(np.uint8) for _ in range(2))
    assert np.array_equal(searched(library, now, before, [], field_shape(*size)), refined(now, before, []))


@pytest.mark.parametrize("name", ["demo_bbb_320x180_12fps.mp4", "demo_cc0_flower_320x180_15fps.mp4"])
def test_real_pictures(library: ctypes.CDLL, name: str) -> None:
    with av.open(str(SAMPLES / name)) as container:
        frames = itertools.islice(container.decode(video=0), 3)
        lumas = [np.ascontiguousarray(frame.to_ndarray(format="gray")) for frame in frames]
    last = np.zeros(field_shape(*lumas[0].shape), np.int16)
    for before, now in itertools.pairwise(lumas):
        expected = refined(now, before, [last])
        last = searched(library, now, before, [last], last.shape)
        assert np.array_equal(last, expected)
        assert last.any()


@pytest.mark.parametrize("width", range(1, 71, 5))
def test_coarse_motion(library: ctypes.CDLL, width: int) -> None:
    random = np.random.default_rng(width)
    now, before = random_scene(random, (1 + 37 * width % 70, width))
    half, half_before = reduced(now), reduced(before)
    pictures = (half, reduced(half)), (half_before, reduced(half_before))
    assert np.array_equal(block_motion.coarse(library, *pictures), coarse_by_numpy(*pictures))
