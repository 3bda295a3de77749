"""What is known of a picture: the library equals the references, whatever the size and the pixel format."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from codec.lossless.history import on_lattice, quarters
from codec.lossless.known import Known, between_by_numpy, running_average
from codec.native import known as native
from tests.unit.native.random_cases import KINDS, LATTICES, random_known


@pytest.mark.parametrize("width", range(1, 71))
def test_channels(library: ctypes.CDLL, width: int) -> None:
    random = np.random.default_rng(width)
    for height in (1, 1 + 37 * width % 70):
        for kind in KINDS:
            known = random_known(random, (height, width), kind)
            expected = known.channels(512)
            found = native.known_channels(library, known, 512, 256 if known.is_moved else 0)
            count = expected.shape[2]
            assert np.array_equal(found.inside[..., :count], expected)
            found.values[1:-1, 1:-1, :count] = 0
            assert not found.values.any(), "margin and filler are zero"


def test_memory_is_used_again(library: ctypes.CDLL) -> None:
    random = np.random.default_rng(1)
    first, second = (random_known(random, (9, 14), (1, 0)) for _ in range(2))
    memory = native.known_channels(library, first, 0, 0)
    again = native.known_channels(library, second, 512, 0, into=memory)
    assert again is memory
    assert np.array_equal(again.values, native.known_channels(library, second, 512, 0).values)
    with pytest.raises(ValueError, match="expected memory"):
        native.known_channels(library, random_known(random, (9, 12), (1, 0)), 512, 0, into=memory)


def test_every_layout_in_memory(library: ctypes.CDLL) -> None:
    random = np.random.default_rng(2)
    whole = random_known(random, (20, 30), (2, 4))
    part = Known(
        whole.gray[::2, ::2], whole.gray[::2, ::2], whole.base[1::2, ::-2], whole.average[::2, ::2], is_moved=True
    )
    found = native.known_channels(library, part, 0, 256)
    assert np.array_equal(found.inside, part.channels(0)[..., : found.values.shape[2]])


def test_planes_of_several_sizes_are_refused(library: ctypes.CDLL) -> None:
    random = np.random.default_rng(3)
    own, other = (random_known(random, shape, (1, 0)) for shape in ((4, 6), (4, 5)))
    with pytest.raises(ValueError, match="expected an int16 array"):
        native.known_channels(library, Known(own.gray, own.gray, own.base, other.base, is_moved=True), 0, 0)
    with pytest.raises(ValueError, match="expected 1 or 2 components"):
        native.known_channels(library, random_known(random, (4, 6), (3, 0)), 0, 0)


@pytest.mark.parametrize("width", range(1, 71, 3))
def test_between_and_history(library: ctypes.CDLL, width: int) -> None:
    random = np.random.default_rng(width)
    for height in (1, 1 + 37 * width % 70):
        corners = random.integers(-256, 256, (-(-height // 2), -(-width // 2), 2)).astype(np.int32)
        assert np.array_equal(
            native.between(library, corners, (height, width), 0), between_by_numpy(corners, (height, width))
        )
        for plane in (
            random.integers(0, 256, (height, width)).astype(np.uint8),
            random.integers(-256, 256, (height, width)).astype(np.int16),
        ):
            for moved in (None, random.integers(-1024, 1024, (height, width)).astype(np.int16)):
                before, average = np.empty((2, height, width), np.int16)
                native.remembered(library, plane, 0, moved, (before, average))
                assert np.array_equal(before, quarters(plane))
                assert np.array_equal(average, running_average(moved, before))


@pytest.mark.parametrize(("block", "step"), LATTICES)
def test_gray_on_the_lattice(library: ctypes.CDLL, block: tuple[int, int], step: int) -> None:
    random = np.random.default_rng(4)
    for width in range(1, 71):
        gray = random.integers(0, 256, (1 + 37 * width % 70, width)).astype(np.uint8)
        expected = on_lattice(gray, block, step)
        assert np.array_equal(native.on_lattice(library, gray, block, step, 0, 512), expected)
        assert np.array_equal(native.on_lattice(library, quarters(gray), block, step, 0, 512), expected)
