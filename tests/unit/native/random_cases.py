"""One random question for each kernel, small enough to be asked thousands of times; CASES has a line for each."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import numpy as np

from codec.exact.layers import IntegerConvolution
from codec.exact.reference import run_layers
from codec.native.convolution import Convolution, Convolutions, padded_picture

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
    network = Convolutions(library, [Convolution(kernel, bias, shift, low, high)], inputs)
    pictures = [padded_picture((height, width), count, network.margin + int(random.integers(0, 2))) for count in inputs]
    for picture, part in zip(pictures, parts, strict=True):
        picture.inside[..., : part.shape[2]] = part
    margin = int(random.integers(0, 3))
    found = network.run(pictures, margin=margin)[margin : margin + height, margin : margin + width, :outputs]
    layer = IntegerConvolution(kernel, bias, shift, low, high)
    assert np.array_equal(found, run_layers([layer], np.concatenate(parts, axis=-1)[None].astype(np.int32))[0])


CASES: dict[str, Case] = {
    "convolution": convolution,
}
