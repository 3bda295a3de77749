from __future__ import annotations

import numpy as np
import pytest

from codec.errors import StreamError
from codec.exact import check_exact
from codec.networks.compact import (
    INPUT_MAGNITUDE,
    CompactShape,
    chroma_code_values,
    from_grid,
    integer_layers,
    network_inputs,
    step_bits_of,
    to_grid,
)
from codec.networks.interface import NetworkSpec
from codec.networks.weights import QuantizedTensor
from container_format.errors import UnsupportedError

SHAPE = CompactShape(chroma=2, depth=3, width=16)


def tensors_of(shape: CompactShape, step_bits: int = 7, seed: int = 0) -> list[QuantizedTensor]:
    random = np.random.default_rng(seed)
    tensors = []
    for index, kernel in enumerate(shape.kernel_shapes):
        values = random.integers(-100, 101, kernel).astype(np.int32)
        biases = random.integers(-1000, 1001, kernel[3:]).astype(np.int32)
        step = 2.0**-step_bits
        tensors.append(QuantizedTensor(f"conv_{index}/kernel", kernel, step, values))
        bias_step = step * 2.0 ** -(6 if index else 7)
        tensors.append(QuantizedTensor(f"conv_{index}/bias", kernel[3:], bias_step, biases))
    return tensors


def test_sizes_of_the_usual_network() -> None:
    assert SHAPE.num_weights == 9 * 6 * 16 + 2 * 9 * 16 * 16 + 16 * 2 + 3 * 16 + 2
    assert CompactShape.of(SHAPE.spec) == SHAPE


@pytest.mark.parametrize(
    "spec",
    [
        NetworkSpec("singh2020"),
        NetworkSpec("compact"),
        NetworkSpec("compact", (("chroma", 3), ("depth", 3), ("width", 16))),
        NetworkSpec("compact", (("chroma", 2), ("depth", 99), ("width", 16))),
        NetworkSpec("compact", (("chroma", 2), ("depth", 3), ("other", 1), ("width", 16))),
    ],
)
def test_other_specs_are_refused(spec: NetworkSpec) -> None:
    with pytest.raises(UnsupportedError):
        CompactShape.of(spec)


def test_layers_carry_the_weights_and_can_be_proved() -> None:
    layers = integer_layers(SHAPE, tensors_of(SHAPE))
    assert [layer.shift for layer in layers] == [8, 7, 7, 8]
    assert [(layer.minimum, layer.maximum) for layer in layers] == [(0, 255)] * 3 + [(-1023, 1023)]
    check_exact(layers, [INPUT_MAGNITUDE] * SHAPE.num_inputs)


def test_foreign_tensors_are_refused() -> None:
    good = tensors_of(SHAPE)
    with pytest.raises(StreamError, match="8 tensors"):
        integer_layers(SHAPE, good[:-1])
    with pytest.raises(StreamError, match="expected tensors"):
        integer_layers(SHAPE, [good[2], *good[1:]])
    other_step = QuantizedTensor("x", good[1].shape, 0.5, good[1].values)
    with pytest.raises(StreamError, match="bias in steps"):
        integer_layers(SHAPE, [good[0], other_step, *good[2:]])


@pytest.mark.parametrize("step", [0.3, 1.0, 2.0**-13, 3 * 2.0**-8])
def test_a_step_is_a_power_of_two(step: float) -> None:
    with pytest.raises(StreamError, match="step"):
        step_bits_of(step)
    assert step_bits_of(2.0**-7) == 7


@pytest.mark.parametrize(
    ("chroma", "size"), [((4, 6), (8, 12)), ((8, 6), (8, 12)), ((8, 12), (8, 12)), ((3, 4), (5, 7))]
)
def test_the_grid_holds_every_sample_and_gives_it_back(chroma: tuple[int, int], size: tuple[int, int]) -> None:
    random = np.random.default_rng(1)
    lumas = random.integers(0, 256, (2, *size)).astype(np.uint8)
    hints = random.integers(0, 1021, (2, *chroma, 2)).astype(np.int32)
    inputs = network_inputs(lumas, hints)
    grid = (-(-size[0] // 2), -(-size[1] // 2))
    assert inputs.shape[:3] == (2, *grid)
    np.testing.assert_array_equal(inputs[0, 0, 0, :2] + 128, lumas[0, 0, :2])
    np.testing.assert_array_equal(from_grid(to_grid(hints.astype(np.int16), grid), chroma), hints)


def test_hint_and_residual_are_added_in_quarters_and_rounded() -> None:
    hints = np.array([400, 400, 400, -30, 1100]).reshape(1, 1, 5, 1).astype(np.int32)
    residuals = np.array([0, 2, -3, 0, 0]).reshape(1, 1, 5, 1).astype(np.int32)
    np.testing.assert_array_equal(chroma_code_values(hints, residuals).ravel(), [100, 101, 99, 0, 255])
