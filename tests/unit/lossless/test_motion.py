"""Planes moved by blocks."""

from __future__ import annotations

import numpy as np
import pytest

from codec.lossless.block_motion import coarse_field
from codec.lossless.motion import BLOCK, MAX_SAMPLE, field_shape, interpolated, moved, moved_by_numpy, take
from codec.lossless.motion_search import MotionSearch
from codec.video.picture import PlaneArray
from tests.unit.lossless.conftest import wavy

SQUARE = (BLOCK, BLOCK)


def test_no_motion_changes_nothing() -> None:
    planes = wavy((2, 21, 33), 0, MAX_SAMPLE, 1)
    still = np.zeros(field_shape(21, 33), np.int16)
    assert np.array_equal(moved(planes, still, SQUARE), planes)
    assert np.array_equal(take(interpolated(planes[1]), still, SQUARE), planes[1])


def test_whole_samples_move_by_whole_samples() -> None:
    plane = wavy((24, 40), 0, 255, 2)
    field = np.full(field_shape(24, 40), (8, -12), np.int16)  # 2 rows down, 3 columns to the left
    found = moved(plane[None], field, SQUARE)[0]
    assert np.array_equal(found[:-2, 3:], plane[2:, :-3])
    assert np.array_equal(found[:, :3], np.repeat(found[:, 3:4], 3, axis=1)), "beyond the border its samples go on"


def test_blocks_have_vectors_of_their_own() -> None:
    plane = wavy((16, 16), 0, 255, 3)
    field = np.zeros(field_shape(16, 16), np.int16)
    field[0, 1] = (4, 0)
    found = moved(plane[None], field, SQUARE)[0]
    assert np.array_equal(found[:8, 8:], plane[1:9, 8:])
    assert np.array_equal(found[8:], plane[8:])


def test_half_a_sample_lies_between() -> None:
    ramp = np.repeat(np.arange(0, 320, 8, dtype=np.int16)[None], 12, axis=0)
    field = np.full(field_shape(*ramp.shape), (0, 2), np.int16)
    found = moved(ramp[None], field, SQUARE)[0]
    assert np.array_equal(found[:, 3:-4], ramp[:, 3:-4] + 4)


def test_a_moved_plane_is_taken_from_the_interpolated_one() -> None:
    random = np.random.default_rng(4)
    planes = random.integers(-MAX_SAMPLE, MAX_SAMPLE + 1, (3, 30, 26)).astype(np.int16)
    field = random.integers(-40, 41, field_shape(30, 26)).astype(np.int16)
    found = moved(planes, field, SQUARE)
    assert np.array_equal(found, moved_by_numpy(planes, field, SQUARE))
    assert np.array_equal(found[2], take(interpolated(planes[2]), field, SQUARE))


def pan(step: int) -> tuple[PlaneArray, PlaneArray]:
    """A picture, and the one after a pan by so many columns."""
    random = np.random.default_rng(5)
    scene = random.integers(0, 256, (80, 112)).astype(np.float32)
    scene = sum(np.roll(scene, (i, j), (0, 1)) for i in range(4) for j in range(4)) / 16  # something to follow
    before, now = (scene[8:72, 8 + x : 104 + x].astype(np.uint8) for x in (0, step))
    return before, now


def test_search_finds_a_pan() -> None:
    before, now = pan(3)
    field = MotionSearch()(now, before)
    assert field.shape == field_shape(64, 96)
    assert (field[:, :-1] == (0, 12)).all(axis=-1).mean() > 0.9


def test_the_start_finds_a_pan_in_a_fade() -> None:
    before, now = pan(4)
    assert now.max() < 255 - 20
    field = coarse_field(now + np.uint8(20), before)
    assert (field[1:-1, 1:-1] == (0, 16)).all(axis=-1).mean() > 0.8


def test_a_fade_is_no_motion() -> None:
    slope = np.add.outer(np.arange(64), 2 * np.arange(96)) // 3 + 20
    faded = (slope + 9).astype(np.uint8)
    assert not coarse_field(faded, slope.astype(np.uint8)).any()


def test_search_takes_small_pictures() -> None:
    search = MotionSearch()
    for shape in ((1, 1), (3, 20), (17, 9)):
        now, before = (wavy(shape, 0, 255, seed).astype(np.uint8) for seed in (1, 2))
        assert search(now, before).shape == field_shape(*shape)


def test_equal_pictures_have_no_motion() -> None:
    search = MotionSearch()
    now, before = (wavy((24, 40), 0, 255, seed).astype(np.uint8) for seed in (1, 2))
    assert search(now, before).any()
    assert not search(now, now.copy()).any()


def test_numpy_finds_the_same_field(request: pytest.FixtureRequest) -> None:
    now, before = (wavy((50, 66), 0, 255, seed).astype(np.uint8) for seed in (1, 2))
    found = MotionSearch()(now, before)
    request.getfixturevalue("without_library")
    assert np.array_equal(MotionSearch()(now, before), found)
