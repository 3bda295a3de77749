from __future__ import annotations

import numpy as np
import pytest

from codec.errors import StreamError
from codec.exact import check_exact, is_exact
from codec.hints.planes import neutral_quarters, quarters_of_chroma
from codec.networks.compact import NETWORK, CompactColorizer, network_inputs
from codec.networks.compact_weights import INPUT_MAGNITUDE, CompactShape, CompactWeights, unpack_spec
from codec.networks.interface import NetworkSpec
from codec.networks.record import load_colorizer, pack_network
from codec.video.color import ColorConversion
from codec.video.pixel_formats import PIXEL_FORMATS
from container_format.errors import UnsupportedError
from tests.random_video import random_picture

SHAPE = CompactShape(chroma=2, depth=3, width=16)


def weights_of(shape: CompactShape, step_bits: int = 7, seed: int = 0) -> CompactWeights:
    random = np.random.default_rng(seed)
    kernels = np.rint(random.normal(0, 20, shape.num_kernel_weights)).astype(np.int32)
    biases = random.integers(-60, 61, shape.num_biases).astype(np.int32)
    return CompactWeights(shape, (step_bits,) * (shape.depth + 1), kernels, biases)


def conversion_of(name: str) -> ColorConversion:
    return ColorConversion(PIXEL_FORMATS[name], 6, full_range=False)


def test_sizes_of_the_usual_network() -> None:
    assert SHAPE.num_kernel_weights == 9 * 6 * 16 + 2 * 9 * 16 * 16 + 16 * 2
    assert SHAPE.num_biases == 3 * 16 + 2


@pytest.mark.parametrize(
    ("name", "chroma"), [("yuv420p", 2), ("nv12", 2), ("yuv422p", 4), ("yuv444p", 8), ("rgb24", 8)]
)
def test_each_format_has_its_number_of_values(name: str, chroma: int) -> None:
    assert CompactShape.for_video(PIXEL_FORMATS[name], depth=2, width=8).chroma == chroma


def test_name_and_sizes_travel() -> None:
    weights = weights_of(SHAPE)
    assert unpack_spec(weights.spec) == (SHAPE, weights.step_bits, 0)


GOOD = {"base": 0, "chroma": 2, "depth": 1, "step_bits_0": 5, "step_bits_1": 5, "width": 16}


@pytest.mark.parametrize(
    "changes",
    [{"chroma": 3}, {"depth": 99}, {"depth": 2}, {"width": 1000}, {"step_bits_2": 5}, {"other": 1}, {"base": None}],
)
def test_other_specs_are_refused(changes: dict[str, int | None]) -> None:
    parameters = {name: value for name, value in (GOOD | changes).items() if value is not None}
    with pytest.raises(UnsupportedError):
        unpack_spec(NetworkSpec("compact", tuple(sorted(parameters.items()))))
    unpack_spec(NetworkSpec("compact", tuple(sorted(GOOD.items()))))


def test_layers_carry_the_weights_and_can_be_proved() -> None:
    weights = weights_of(SHAPE)
    layers = list(weights.layers())
    assert [layer.shift for layer in layers] == [8, 7, 7, 8]
    assert [(layer.minimum, layer.maximum) for layer in layers] == [(0, 255)] * 3 + [(-1023, 1023)]
    np.testing.assert_array_equal(np.concatenate([layer.kernel.ravel() for layer in layers]), weights.kernels)
    np.testing.assert_array_equal(layers[1].bias, weights.biases[16:32] << 7)
    check_exact(layers, [INPUT_MAGNITUDE] * SHAPE.num_inputs)


def test_weights_that_cannot_be_proved_are_known() -> None:
    weights = weights_of(SHAPE)
    large = CompactWeights(SHAPE, weights.step_bits, np.full_like(weights.kernels, 1000), weights.biases)
    assert not is_exact(list(large.layers()), [INPUT_MAGNITUDE] * SHAPE.num_inputs)


def test_weights_of_another_shape_are_refused() -> None:
    good = weights_of(SHAPE)
    with pytest.raises(StreamError, match="expected steps, kernels and biases"):
        CompactWeights(SHAPE, good.step_bits, good.kernels[1:], good.biases)
    with pytest.raises(StreamError, match="binary places"):
        CompactWeights(SHAPE, (7, 7, 7, 13), good.kernels, good.biases)


@pytest.mark.parametrize("size", [(8, 12), (5, 7), (1, 1), (2, 1), (1, 9)])
@pytest.mark.parametrize("name", ["yuv420p", "yuv422p", "yuv444p", "rgb24"])
def test_a_network_of_zeros_gives_the_hint(name: str, size: tuple[int, int]) -> None:
    conversion = conversion_of(name)
    shape = CompactShape.for_video(conversion.pixel_format, depth=2, width=4)
    zeros = CompactWeights(
        shape, (5,) * 3, np.zeros(shape.num_kernel_weights, np.int32), np.zeros(shape.num_biases, np.int32)
    )
    colorizer = CompactColorizer(zeros, conversion)
    picture = random_picture(conversion.pixel_format, *size, seed=3)
    hints = quarters_of_chroma(picture.chroma_planes())[None].astype(np.int16)
    decoded = colorizer(picture.luma[None], hints)[0]
    np.testing.assert_array_equal(decoded.luma, picture.luma)
    for plane, original in zip(decoded.chroma_planes(), picture.chroma_planes(), strict=True):
        assert plane.dtype == original.dtype
        np.testing.assert_array_equal(plane, original)


def test_without_hints_it_starts_from_no_color() -> None:
    conversion = conversion_of("yuv420p")
    colorizer = CompactColorizer(weights_of(SHAPE), conversion)
    luma = np.random.default_rng(0).integers(0, 256, (1, 10, 14)).astype(np.uint8)
    without, neutral = (colorizer(luma, hints)[0].chroma_planes() for hints in (None, neutral_quarters(1, (5, 7))))
    np.testing.assert_array_equal(without, neutral)


def test_inputs_hold_the_gray_of_a_square_and_the_hint() -> None:
    luma = np.arange(16, dtype=np.uint8).reshape(4, 4)
    hints = np.full((2, 2, 2), 4 * 130, np.int16)
    inputs = network_inputs(luma, hints, PIXEL_FORMATS["yuv420p"], margin=1)
    assert inputs.values.shape == (4, 4, 6)
    np.testing.assert_array_equal(inputs.inside[0, 1] + 128, [2, 3, 6, 7, 130, 130])


def test_the_record_holds_the_network_and_gives_it_back() -> None:
    conversion = conversion_of("yuv420p")
    weights = weights_of(SHAPE)
    record = pack_network(weights.spec, weights.tensors)
    luma = np.random.default_rng(1).integers(0, 256, (2, 16, 16)).astype(np.uint8)
    hints = np.random.default_rng(2).integers(0, 1021, (2, 8, 8, 2)).astype(np.int16)
    for sent, received in zip(
        CompactColorizer(weights, conversion)(luma, hints), load_colorizer(record, conversion)(luma, hints), strict=True
    ):
        np.testing.assert_array_equal(sent.chroma_planes(), received.chroma_planes())


def test_a_network_for_another_format_is_refused() -> None:
    weights = weights_of(SHAPE)
    with pytest.raises(StreamError, match="expected a network for rgb24"):
        NETWORK.colorizer(weights.spec, weights.tensors, conversion_of("rgb24"))
