from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.errors import StreamError
from codec.exact import FLOAT32_WHOLE_LIMIT, IntegerConvolution, check_exact
from codec.exact.network import ExactNetwork
from codec.exact.reference import run_layers
from codec.native.library import engine


def layer_of(
    kernel: np.ndarray, bias: int = 0, shift: int = 0, minimum: int = -255, maximum: int = 255
) -> IntegerConvolution:
    biases = np.full(kernel.shape[3], bias, np.int32)
    return IntegerConvolution(kernel.astype(np.int32), biases, shift, minimum, maximum)


def random_layers(seed: int, widths: tuple[int, ...], magnitude: int) -> list[IntegerConvolution]:
    """Layers with weights as large as the proof allows; the last one gives its sums as they are."""
    random = np.random.default_rng(seed)
    layers: list[IntegerConvolution] = []
    magnitudes = np.full(widths[0], magnitude, np.int64)
    for index, (inputs, outputs) in enumerate(itertools.pairwise(widths)):
        is_last = index == len(widths) - 2
        shift = 0 if is_last else 12
        limit = (FLOAT32_WHOLE_LIMIT - (1 << 15)) // (9 * int(magnitudes.sum()))
        kernel = random.integers(-limit, limit + 1, (3, 3, inputs, outputs))
        bias = int(random.integers(-(1 << 13), 1 << 13))
        largest = FLOAT32_WHOLE_LIMIT - 1
        layers.append(layer_of(kernel, bias, shift, -largest if is_last else 0, largest if is_last else 255))
        magnitudes = np.full(outputs, 255, np.int64)
    return layers


def by_hand(layer: IntegerConvolution, picture: np.ndarray) -> np.ndarray:
    """One layer by its definition, one number at a time, in Python's whole numbers."""
    height, width, _ = picture.shape
    rows, columns, inputs, outputs = layer.kernel.shape
    result = np.zeros((height, width, outputs), np.int64)
    for y in range(height):
        for x in range(width):
            for o in range(outputs):
                total = int(layer.bias[o])
                for i in range(rows):
                    for j in range(columns):
                        v, u = y + i - rows // 2, x + j - columns // 2
                        if 0 <= v < height and 0 <= u < width:
                            total += sum(int(picture[v, u, c]) * int(layer.kernel[i, j, c, o]) for c in range(inputs))
                if layer.shift:
                    total = (total + (1 << (layer.shift - 1))) // (1 << layer.shift)
                result[y, x, o] = min(max(total, layer.minimum), layer.maximum)
    return result


def test_the_reference_is_the_definition() -> None:
    random = np.random.default_rng(3)
    layer = layer_of(random.integers(-9, 10, (3, 3, 2, 3)), bias=-7, shift=3, minimum=-20, maximum=30)
    picture = random.integers(-128, 128, (5, 4, 2))
    np.testing.assert_array_equal(run_layers([layer], picture[None].astype(np.int32))[0], by_hand(layer, picture))


@pytest.mark.parametrize("seed", range(3))
def test_the_reference_is_exact_at_the_bound(seed: int) -> None:
    inputs = 5
    layer = random_layers(seed, (inputs, 3), 128)[0]
    height, width = 35, 6  # more rows than the reference takes at once
    pictures = np.random.default_rng(seed).choice([-128, 127, 128], (2, height, width, inputs)).astype(np.int32)
    padded = np.pad(pictures.astype(np.int64), ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (1, 2))
    sums = np.einsum("nhwcij,ijco->nhwo", windows, layer.kernel.astype(np.int64)) + layer.bias
    assert np.abs(sums).max() > 1 << 20
    np.testing.assert_array_equal(run_layers([layer], pictures), sums)


@pytest.mark.parametrize(("total", "rounded"), [(3, 1), (2, 1), (1, 0), (-1, 0), (-2, 0), (-3, -1), (-5, -1), (6, 2)])
def test_halves_are_rounded_up(total: int, rounded: int) -> None:
    layer = layer_of(np.array(total).reshape(1, 1, 1, 1), shift=2)
    one = np.ones((1, 1, 1, 1), np.int32)
    assert run_layers([layer], one).item() == rounded
    assert ExactNetwork([layer], [1])(one[0]).item() == rounded


@pytest.mark.parametrize("seed", range(6))
def test_a_network_agrees_with_the_reference_at_the_bound(seed: int) -> None:
    widths = ((1, 4, 2), (6, 16, 16, 2), (3, 8, 8, 8, 1))[seed % 3]
    layers = random_layers(seed, widths, 128)
    random = np.random.default_rng(seed)
    picture = random.choice([-128, 127, 128], (37, 41, widths[0])).astype(np.int32)
    results = run_layers(layers, picture[None])[0]
    np.testing.assert_array_equal(ExactNetwork(layers, [128] * widths[0])(picture), results)
    assert np.abs(results).max() > 1 << 17  # more than int16


@settings(max_examples=25, deadline=None)
@given(
    kernel=st.lists(st.integers(-127, 127), min_size=18, max_size=18),
    bias=st.integers(-(2**22), 2**22),
    shift=st.integers(0, 20),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_layer_is_exact(kernel: list[int], bias: int, shift: int, seed: int) -> None:
    layer = layer_of(np.array(kernel).reshape(3, 3, 2, 1), bias, shift)
    picture = np.random.default_rng(seed).integers(-255, 256, (9, 7, 2)).astype(np.int32)
    np.testing.assert_array_equal(ExactNetwork([layer], [255, 255])(picture), run_layers([layer], picture[None])[0])


def test_a_sum_that_could_reach_the_limit_is_refused() -> None:
    kernel = np.array(FLOAT32_WHOLE_LIMIT // 4).reshape(1, 1, 1, 1)
    check_exact([layer_of(kernel)], [3])
    with pytest.raises(StreamError, match=r"below 2\^24 in layer 0 .* up to 16777216"):
        check_exact([layer_of(kernel)], [4])
    with pytest.raises(StreamError, match="layer 0"):
        check_exact([layer_of(kernel, bias=-FLOAT32_WHOLE_LIMIT // 4)], [3])
    with pytest.raises(StreamError, match="layer 1"):
        check_exact([layer_of(kernel), layer_of(kernel)], [1])


def test_rounding_is_in_the_bound() -> None:
    layer = layer_of(np.array(1).reshape(1, 1, 1, 1), bias=(1 << 24) - 1 - (1 << 11) - 1, shift=12)
    check_exact([layer], [1])
    with pytest.raises(StreamError, match="below"):
        check_exact([layer], [2])


def test_what_is_no_layer_is_refused() -> None:
    with pytest.raises(StreamError, match="odd rows"):
        layer_of(np.zeros((2, 3, 1, 1)))
    with pytest.raises(StreamError, match="as many biases"):
        IntegerConvolution(np.zeros((3, 3, 1, 2), np.int32), np.zeros(1, np.int32), 0, 0, 1)
    with pytest.raises(StreamError, match="shift"):
        layer_of(np.zeros((1, 1, 1, 1)), shift=25)
    with pytest.raises(StreamError, match="range"):
        layer_of(np.zeros((1, 1, 1, 1)), minimum=1, maximum=0)
    with pytest.raises(StreamError, match=r"expected 2 inputs in layer 0\. Received: 1"):
        check_exact([layer_of(np.zeros((1, 1, 1, 1)))], [1, 1])


def clipped(layers: list[IntegerConvolution], largest: int) -> list[IntegerConvolution]:
    """The same layers with results of the last one up to ``largest``."""
    last = layers[-1]
    return [*layers[:-1], IntegerConvolution(last.kernel, last.bias, last.shift, -largest, largest)]


@pytest.mark.parametrize(("largest", "is_small"), [(2**15 - 1, True), (2**15, False)])
def test_the_library_computes_what_fits_int16(largest: int, is_small: bool) -> None:
    layers = clipped(random_layers(1, (2, 3), 128), largest)
    network = ExactNetwork(layers, [128, 128])
    assert network.is_native == (is_small and engine().library is not None)
    picture = np.random.default_rng(1).integers(-128, 129, (8, 8, 2)).astype(np.int16)
    results = network(picture)
    assert results.dtype == (np.int16 if is_small else np.int32)
    np.testing.assert_array_equal(results, run_layers(layers, picture[None].astype(np.int32))[0])


def test_weights_that_do_not_fit_int16_go_another_way() -> None:
    layer = layer_of(np.array([[1 << 15, -3]]).reshape(1, 1, 2, 1))
    network = ExactNetwork([layer], [100, 100])
    assert not network.is_native
    picture = np.array([[[100, 7], [0, -50]]], np.int16)
    np.testing.assert_array_equal(network(picture)[0, :, 0], [255, 150])


def test_results_with_a_margin_are_the_input_of_another_network() -> None:
    first = random_layers(3, (3, 4, 7, 1), 128)[:-1]
    reach = first[-1].max_magnitude
    second = [layer_of(np.random.default_rng(4).integers(-3, 4, (3, 3, 10, 2)), minimum=-4000, maximum=4000)]
    picture = np.random.default_rng(5).integers(-128, 129, (9, 7, 3)).astype(np.int16)
    features = ExactNetwork(first, [128] * 3).padded(picture, margin=1)
    between = run_layers(first, picture[None].astype(np.int32))
    np.testing.assert_array_equal(features.inside[..., :7], between[0])
    expected = run_layers(second, np.concatenate([between, picture[None].astype(np.int32)], axis=-1))[0]
    np.testing.assert_array_equal(ExactNetwork(second, [reach] * 7 + [128] * 3, [7, 3])(features, picture), expected)


def test_results_of_more_than_int16_have_no_margin() -> None:
    network = ExactNetwork(clipped(random_layers(1, (2, 3), 128), 2**15), [128, 128])
    with pytest.raises(ValueError, match="within int16"):
        network.padded(np.zeros((2, 2, 2), np.int16), margin=1)
