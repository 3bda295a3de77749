"""Compensation in the library equals the reference, whatever the sizes and the vectors."""

from __future__ import annotations

import ctypes
import itertools

import numpy as np
import pytest

from codec.lossless.motion import MAX_SAMPLE, moved_by_numpy
from codec.native.motion import moved

BLOCKS = ((8, 8), (4, 4), (8, 4), (4, 8), (8, 2), (2, 2))


def _field(random: np.random.Generator, shape: tuple[int, int], block: tuple[int, int], reach: int) -> np.ndarray:  # type: ignore[type-arg]
    size = -(-shape[0] // block[0]), -(-shape[1] // block[1]), 2
    return random.integers(-reach, reach + 1, size).astype(np.int16)


@pytest.mark.parametrize("width", range(1, 71))
def test_every_size(library: ctypes.CDLL, width: int) -> None:
    random = np.random.default_rng(width)
    for height in (1, 1 + 37 * width % 70):
        planes = random.integers(-1024, 1024, (2, height, width)).astype(np.int16)
        for block in BLOCKS:
            field = _field(random, (height, width), block, int(random.choice([3, 40, 2**13])))
            assert np.array_equal(
                moved(library, planes, field, block, MAX_SAMPLE), moved_by_numpy(planes, field, block)
            )


def test_whole_samples_are_limited_only_beside_fractions(library: ctypes.CDLL) -> None:
    planes = np.full((1, 16, 24), -1024, np.int16)
    whole = np.full((2, 3, 2), 8, np.int16)
    mixed = whole.copy()
    mixed[0, 0] = 1
    assert (moved(library, planes, whole, (8, 8), MAX_SAMPLE) == -1024).all()
    assert (moved(library, planes, mixed, (8, 8), MAX_SAMPLE) == -1023).all()
    assert (moved_by_numpy(planes, mixed, (8, 8)) == -1023).all()


@pytest.mark.parametrize("part", [-(2**15), 2**15 - 1, -(2**13), 2**13])
def test_vectors_of_any_length(library: ctypes.CDLL, part: int) -> None:
    random = np.random.default_rng(1)
    planes = random.integers(-1023, 1024, (1, 19, 37)).astype(np.int16)
    for vector in ((part, 1), (2, part), (part, part)):
        field = np.full((3, 5, 2), vector, np.int16)
        assert np.array_equal(moved(library, planes, field, (8, 8), MAX_SAMPLE), moved_by_numpy(planes, field, (8, 8)))


def test_runs_of_equal_vectors(library: ctypes.CDLL) -> None:
    random = np.random.default_rng(2)
    planes = random.integers(-1023, 1024, (3, 40, 200)).astype(np.int16)
    for seed in range(20):
        few = np.random.default_rng(seed).integers(-30, 31, (3, 2))
        field = few[random.integers(0, 3, (5, 25))].astype(np.int16)
        assert np.array_equal(moved(library, planes, field, (8, 8), MAX_SAMPLE), moved_by_numpy(planes, field, (8, 8)))


def test_a_field_of_another_size_is_refused(library: ctypes.CDLL) -> None:
    with pytest.raises(ValueError, match="expected a int16 array"):
        moved(library, np.zeros((1, 16, 16), np.int16), np.zeros((2, 1, 2), np.int16), (8, 8), MAX_SAMPLE)


def test_magnitudes_that_overflow_are_refused(library: ctypes.CDLL) -> None:
    planes, field = np.zeros((1, 16, 16), np.int16), np.zeros((2, 2, 2), np.int16)
    for most in (-1, 2**14):
        with pytest.raises(ValueError, match="expected magnitudes below 16384"):
            moved(library, planes, field, (8, 8), most)


def test_the_largest_sums_do_not_overflow(library: ctypes.CDLL) -> None:
    planes = np.where(np.indices((24, 24)).sum(axis=0) % 3 == 0, 2**14 - 1, -(2**14))[None].astype(np.int16)
    for vector in itertools.product(range(4), range(4)):
        field = np.full((3, 3, 2), vector, np.int16)
        found = moved(library, planes, field, (8, 8), 2**14 - 1)
        assert np.array_equal(found, moved_by_numpy(planes, field, (8, 8), 2**14 - 1))
