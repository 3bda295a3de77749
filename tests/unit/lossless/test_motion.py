"""Planes moved by blocks."""

from __future__ import annotations

import numpy as np
import pytest

from codec.lossless.motion import BLOCK, MAX_SAMPLE, MotionCompensation, field_shape, take
from codec.lossless.motion_search import MotionSearch
from tests.unit.lossless.conftest import wavy

SQUARE = (BLOCK, BLOCK)


@pytest.fixture(scope="module")
def compensation() -> MotionCompensation:
    return MotionCompensation()


def test_no_motion_changes_nothing(compensation: MotionCompensation) -> None:
    planes = wavy((2, 21, 33), 0, MAX_SAMPLE, 1)
    still = np.zeros(field_shape(21, 33), np.int16)
    assert np.array_equal(compensation(planes, still, SQUARE), planes)
    assert np.array_equal(take(compensation.samples(planes[1]), still, SQUARE), planes[1])


def test_whole_samples_move_by_whole_samples(compensation: MotionCompensation) -> None:
    plane = wavy((24, 40), 0, 255, 2)
    field = np.full(field_shape(24, 40), (8, -12), np.int16)  # 2 rows down, 3 columns to the left
    moved = compensation(plane[None], field, SQUARE)[0]
    assert np.array_equal(moved[:-2, 3:], plane[2:, :-3])
    assert np.array_equal(moved[:, :3], np.repeat(moved[:, 3:4], 3, axis=1)), "beyond the border its samples go on"


def test_blocks_have_vectors_of_their_own(compensation: MotionCompensation) -> None:
    plane = wavy((16, 16), 0, 255, 3)
    field = np.zeros(field_shape(16, 16), np.int16)
    field[0, 1] = (4, 0)
    moved = compensation(plane[None], field, SQUARE)[0]
    assert np.array_equal(moved[:8, 8:], plane[1:9, 8:])
    assert np.array_equal(moved[8:], plane[8:])


def test_half_a_sample_lies_between(compensation: MotionCompensation) -> None:
    ramp = np.repeat(np.arange(0, 320, 8, dtype=np.int16)[None], 12, axis=0)
    field = np.full(field_shape(*ramp.shape), (0, 2), np.int16)
    moved = compensation(ramp[None], field, SQUARE)[0]
    assert np.array_equal(moved[:, 3:-4], ramp[:, 3:-4] + 4)


def test_backend_and_numpy_agree(compensation: MotionCompensation) -> None:
    random = np.random.default_rng(4)
    planes = random.integers(-MAX_SAMPLE, MAX_SAMPLE + 1, (3, 30, 26)).astype(np.int16)
    field = random.integers(-40, 41, field_shape(30, 26)).astype(np.int16)
    sure = MotionCompensation()
    assert sure.distrust_backend()
    assert not sure.distrust_backend()
    assert np.array_equal(compensation(planes, field, SQUARE), sure(planes, field, SQUARE))


def test_search_finds_a_pan(compensation: MotionCompensation) -> None:
    random = np.random.default_rng(5)
    scene = random.integers(0, 256, (80, 112)).astype(np.float32)
    scene = sum(np.roll(scene, (i, j), (0, 1)) for i in range(4) for j in range(4)) / 16  # something to follow
    before, now = (scene[8:72, 8 + x : 104 + x].astype(np.uint8) for x in (0, 3))
    field = MotionSearch(compensation)(now, before)
    assert field.shape == field_shape(64, 96)
    assert (field[:, :-1] == (0, 12)).all(axis=-1).mean() > 0.9


def test_search_takes_small_pictures(compensation: MotionCompensation) -> None:
    search = MotionSearch(compensation)
    for shape in ((1, 1), (3, 20), (17, 9)):
        now, before = (wavy(shape, 0, 255, seed).astype(np.uint8) for seed in (1, 2))
        assert search(now, before).shape == field_shape(*shape)
