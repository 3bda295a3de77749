"""One random question for each kernel, small enough to be asked thousands of times; CASES has a line for each."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import numpy as np

from codec.exact.layers import IntegerConvolution
from codec.exact.reference import run_layers
from codec.lossless.known import Known
from codec.lossless.motion import field_shape, moved_by_numpy
from codec.lossless.motion_trial import refined
from codec.native.convolution import Convolution, Convolutions, padded_picture
from codec.native.known import known_channels as native_known_channels
from codec.native.motion import moved
from codec.native.motion_search import searched

Case = Callable[[ctypes.CDLL, np.random.Generator], None]
"""Draws a shape and inputs, asks the library, and asserts that the answer is the reference's."""


def convolution(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """One layer: any odd kernel, one or two pictures, results with a margin or without."""
    rows, columns = 2 * random.integers(0, 3, 2) + 1
    height, width = random.integers(1, [9, 40])
    inputs = [int(count) for count in random.integers(1, 12, random.integers(1, 3))]
    outputs, shift = int(random.integers(1, 40)), int(random.integers(0, 13))
    low, high = sorted(int(value) for value in random.integers(-32768, 32768, 2))
    # No sum reaches 2**24, up to which the reference is exact; large weights meet small inputs, and vice versa.
    weight = int(random.choice([1, 60, 8195]))
    largest = min(2**23 // (weight * rows * columns * sum(inputs)), 32767)
    kernel = random.integers(-weight, weight + 1, (rows, columns, sum(inputs), outputs)).astype(np.int32)
    bias = random.integers(-(2**22), 2**22, outputs).astype(np.int32)
    parts = [random.integers(-largest, largest + 1, (height, width, count)) for count in inputs]
    network = Convolutions(library, [Convolution(kernel, bias, shift, low, high)], inputs, largest)
    pictures = [padded_picture((height, width), count, network.margin + int(random.integers(0, 2))) for count in inputs]
    for picture, part in zip(pictures, parts, strict=True):
        picture.inside[..., : part.shape[2]] = part
    margin = int(random.integers(0, 3))
    found = network.run(pictures, margin=margin)[margin : margin + height, margin : margin + width, :outputs]
    layer = IntegerConvolution(kernel, bias, shift, low, high)
    assert np.array_equal(found, run_layers([layer], np.concatenate(parts, axis=-1)[None].astype(np.int32))[0])


def motion(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """Planes of any size moved by any vectors, in blocks of any size that chroma has."""
    height, width = (int(side) for side in random.integers(1, [40, 60]))
    block = int(random.choice([2, 4, 8])), int(random.choice([2, 4, 8]))
    planes = random.integers(-1023, 1024, (int(random.integers(1, 4)), height, width)).astype(np.int16)
    reach = int(random.choice([3, 40, 2**13]))
    field = random.integers(-reach, reach + 1, (-(-height // block[0]), -(-width // block[1]), 2)).astype(np.int16)
    assert np.array_equal(moved(library, planes, field, block), moved_by_numpy(planes, field, block))


def motion_search(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """Two pictures of any size, alike or not, from no start or one."""
    height, width = (int(side) for side in random.integers(1, [50, 60]))
    before = random.integers(0, 256, (height, width)).astype(np.uint8)
    noise = random.integers(-4, 5, before.shape)
    luma = np.clip(np.roll(before, random.integers(-3, 4, 2), (0, 1)) + noise, 0, 255).astype(np.uint8)
    shape = field_shape(height, width)
    starts = [random.integers(-80, 81, shape).astype(np.int16) for _ in range(random.integers(0, 3))]
    assert np.array_equal(searched(library, luma, before, starts, shape), refined(luma, before, starts))


def known_channels(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """The trunk's input for gray and for chroma beside 1, 2 or 4 gray samples."""
    rows, columns = (int(side) for side in random.integers(1, 40, 2))
    components, grays = [(1, 0), (2, 1), (2, 2), (2, 4)][int(random.integers(0, 4))]
    planes = [
        random.integers(-1023, 1024, (rows, columns, count)).astype(np.int16)
        for count in (grays, grays, components, components)
    ]
    known, neutral = Known(*planes, is_moved=bool(random.integers(0, 2))), int(random.choice([0, 512]))
    expected = known.channels(neutral)
    found = native_known_channels(library, known, neutral, 256 * known.is_moved)
    assert np.array_equal(found.inside[..., : expected.shape[2]], expected)


CASES: dict[str, Case] = {
    "convolution": convolution,
    "motion": motion,
    "motion search": motion_search,
    "known channels": known_channels,
}
RANDOM_ELSEWHERE = {
    "hints": "test_native_hints",
    "color": "test_native_color",
    "history": "test_known",
    "block motion": "test_motion_search",
    "range coder": "test_native_range_coder",
    "steps": "test_steps",
    "motion code": "test_native_motion_code",
}
"""Kernels without a line above, and the module whose tests ask them with random inputs."""
