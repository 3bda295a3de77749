"""Convolutions in the library equal the reference, whatever the size of the picture."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence

import numpy as np
import pytest

from codec.exact.layers import I32Array, IntegerConvolution
from codec.exact.reference import run_layers
from codec.native.convolution import Convolution, Convolutions, I16Array, Padded, padded_picture


def _layer(random: np.random.Generator, side: int, inputs: int, outputs: int) -> IntegerConvolution:
    kernel = random.integers(-40, 41, (side, side, inputs, outputs)).astype(np.int32)
    return IntegerConvolution(kernel, random.integers(-999, 1000, outputs).astype(np.int32), 6, -300, 2047)


def _network(
    library: ctypes.CDLL, layers: Sequence[IntegerConvolution], inputs: Sequence[int], input_max: int = 300
) -> Convolutions:
    own = [Convolution(layer.kernel, layer.bias, layer.shift, layer.minimum, layer.maximum) for layer in layers]
    return Convolutions(library, own, inputs, input_max)


def _padded(values: I16Array, margin: int) -> Padded:
    picture = padded_picture((values.shape[0], values.shape[1]), values.shape[2], margin)
    picture.inside[..., : values.shape[2]] = values
    return picture


@functools.cache
def _answers(width: int) -> tuple[list[IntegerConvolution], list[tuple[I16Array, I32Array]]]:
    """Layers, and what the reference makes of pictures of this width: the same for every library."""
    random = np.random.default_rng(width)
    layers = [_layer(random, 3, 5, 18), _layer(random, 3, 18, 33), _layer(random, 1, 33, 2)]
    sizes = ((height, width, 5) for height in (1, 2, 1 + 37 * width % 70))
    pictures = [random.integers(-300, 301, size).astype(np.int16) for size in sizes]
    return layers, [(values, run_layers(layers, values[None].astype(np.int32))[0]) for values in pictures]


@pytest.mark.parametrize("width", range(1, 71))
def test_every_width(library: ctypes.CDLL, width: int) -> None:
    layers, answers = _answers(width)
    network = _network(library, layers, [5])
    for values, expected in answers:
        assert np.array_equal(network.run([_padded(values, network.margin)]), expected)


@pytest.mark.parametrize("outputs", [1, 2, 5, 8, 15, 16, 17, 31, 32, 33, 64])
def test_every_number_of_outputs(library: ctypes.CDLL, outputs: int) -> None:
    random = np.random.default_rng(outputs)
    layers = [_layer(random, 3, 7, outputs)]
    values = random.integers(-300, 301, (6, 29, 7)).astype(np.int16)
    found = _network(library, layers, [7]).run([_padded(values, 2)])
    assert np.array_equal(found, run_layers(layers, values[None].astype(np.int32))[0])


def test_several_pictures_and_results_with_a_margin(library: ctypes.CDLL) -> None:
    random = np.random.default_rng(8)
    layers = [_layer(random, 5, 12, 9)]
    parts = [random.integers(-300, 301, (11, 13, count)).astype(np.int16) for count in (7, 4, 1)]
    found = _network(library, layers, [7, 4, 1]).run([_padded(part, 3) for part in parts], margin=2)
    expected = run_layers(layers, np.concatenate(parts, axis=-1)[None].astype(np.int32))[0]
    assert found.shape == (15, 17, 10)
    assert np.array_equal(found[2:-2, 2:-2, :9], expected)
    found[2:-2, 2:-2] = 0
    assert not found.any()


def test_pictures_of_other_sizes_are_refused(library: ctypes.CDLL) -> None:
    network = _network(library, [_layer(np.random.default_rng(0), 3, 4, 4)], [4])
    with pytest.raises(ValueError, match="expected a picture"):
        network.run([padded_picture((5, 5), 4, 0)])
    with pytest.raises(ValueError, match="expected a picture"):
        network.run([padded_picture((5, 5), 2, 2)])


def test_more_channels_than_a_layer_takes(library: ctypes.CDLL) -> None:
    random = np.random.default_rng(9)
    layers = [_layer(random, 3, 3, 4)]
    values = random.integers(-300, 301, (5, 8, 8)).astype(np.int16)
    found = _network(library, layers, [3]).run([_padded(values, 2)])
    assert np.array_equal(found, run_layers(layers, values[None, ..., :3].astype(np.int32))[0])


def test_weights_at_the_bound_of_the_fast_algorithm(library: ctypes.CDLL) -> None:
    """Transformed weights and inputs reach the ends of int16, or go the plain way beyond them."""
    for weight, input_max in ((3640, 8191), (3641, 8191), (3640, 8192)):
        kernel = np.full((3, 3, 1, 2), weight, np.int32) * np.array([1, -1])
        layers = [IntegerConvolution(kernel.astype(np.int32), np.array([5, -5], np.int32), 14, -(2**14), 2**14)]
        random = np.random.default_rng(weight)
        # Few places are not 0, so that no sum reaches 2^24, which the reference needs.
        values = np.zeros((12, 9, 1), np.int16)
        values[1::5, ::4] = random.choice([-input_max, input_max], values[1::5, ::4].shape)
        found = _network(library, layers, [1], input_max).run([_padded(values, 2)])
        assert np.array_equal(found, run_layers(layers, values[None].astype(np.int32))[0])
