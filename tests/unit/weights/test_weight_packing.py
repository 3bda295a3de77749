import dataclasses
import math

import numpy as np
import pytest

from codec.entropy.tables import FrequencyTable
from codec.errors import StreamError
from codec.networks.model_weights import dequantize_into, named_weights
from codec.networks.start import start_weights
from codec.weights.packing import pack_weights, packed_bytes, unpack_weights
from codec.weights.quantizing import quantize_weights
from codec.weights.tensors import NamedWeights, QuantizedTensor
from container_format import TensorRecord


class Variable:
    def __init__(self, name: str, shape: tuple[int, ...]) -> None:
        self.name = name
        self.shape = shape


class Layer:
    def __init__(self, name: str, *weights: Variable) -> None:
        self.name = name
        self.weights = weights
        self.values: list[np.ndarray] = []

    def get_weights(self) -> list[np.ndarray]:
        return self.values

    def set_weights(self, values: list[np.ndarray]) -> None:
        assert [v.shape for v in values] == [v.shape for v in self.weights]
        self.values = values


class Model:
    """What this module asks of a Keras model."""

    def __init__(self, size: int = 8) -> None:
        self.layers = (
            Layer("first", Variable("kernel", (3, 3, 4, size)), Variable("bias", (size,))),
            Layer("second", Variable("kernel", (3, 3, size, 2)), Variable("bias", (2,))),
        )
        starts = iter(start_weights([v.shape for layer in self.layers for v in layer.weights]))
        for layer in self.layers:
            layer.set_weights([next(starts) for _ in layer.weights])

    def get_weights(self) -> list[np.ndarray]:
        return [values for layer in self.layers for values in layer.values]


def trained(start: NamedWeights, moved: float = 0.01) -> NamedWeights:
    random = np.random.default_rng(5)
    return {
        name: weights + random.normal(size=weights.shape).astype(np.float32) * np.float32(moved)
        for name, weights in start.items()
    }


@pytest.fixture
def start() -> NamedWeights:
    return named_weights(Model())


def assert_equal(first: tuple[QuantizedTensor, ...], second: tuple[QuantizedTensor, ...]) -> None:
    for one, other in zip(first, second, strict=True):
        assert (one.name, one.shape, one.step) == (other.name, other.shape, other.step)
        assert one.values.dtype == other.values.dtype == np.int32
        assert np.array_equal(one.values, other.values)


def test_weights_are_off_by_half_a_step_at_most(start: NamedWeights) -> None:
    weights, model = trained(start), Model()
    tensors = quantize_weights(weights, start, 0.5)
    dequantize_into(model, tensors)
    assert [tensor.name for tensor in tensors] == ["first/kernel", "first/bias", "second/kernel", "second/bias"]
    for tensor, after in zip(tensors, model.get_weights(), strict=True):
        assert after.dtype == np.float32
        assert np.abs(after - weights[tensor.name]).max() <= tensor.step * 0.5001


def test_steps_follow_the_size_of_weights_and_tensors(start: NamedWeights) -> None:
    weights = trained(start)
    tensors = quantize_weights(weights, start, 0.5)
    for tensor in tensors:
        rms = math.sqrt(np.mean(weights[tensor.name] ** 2))
        assert tensor.step == pytest.approx(rms * 0.5 * math.sqrt(tensor.values.size / (9 * 4 * 8)), rel=1e-5)


def test_levels_are_bounded_however_fine_the_step(start: NamedWeights) -> None:
    weights = trained(start)
    tensors = quantize_weights(weights, start, 1e-9)
    assert max(np.abs(tensor.values).max() for tensor in tensors) <= 4000
    assert_equal(unpack_weights(pack_weights(tensors, start), start), tensors)


def test_the_receiver_has_the_senders_weights(start: NamedWeights) -> None:
    tensors = quantize_weights(trained(start), start, 0.3)
    sender, receiver = Model(), Model()
    dequantize_into(sender, tensors)
    dequantize_into(receiver, unpack_weights(pack_weights(tensors, start), start))
    assert all(np.array_equal(a, b) for a, b in zip(sender.get_weights(), receiver.get_weights(), strict=True))


@pytest.mark.parametrize("size", [8, 500])  # without and with contexts
def test_round_trip_through_bytes(size: int) -> None:
    start = named_weights(Model(size))
    for scale in (2.0, 0.5, 0.01):
        tensors = quantize_weights(trained(start), start, scale)
        assert_equal(unpack_weights(pack_weights(tensors, start), start), tensors)


def test_weights_that_hardly_moved_cost_little() -> None:
    start = named_weights(Model(500))
    size = {}
    for moved in (0.0005, 0.05):
        packed = pack_weights(quantize_weights(trained(start, moved), start, 0.5), start)
        size[moved] = packed_bytes(packed[:1])
        # Without the start to tell it: the entropy of the levels.
        _, counts = np.unique(quantize_weights(trained(start, moved), start, 0.5)[0].values, return_counts=True)
        alone = -(counts * np.log2(counts / counts.sum())).sum() / 8
        assert packed_bytes(packed[:1]) < alone * (0.25 if moved < 0.01 else 1.1)
    assert size[0.0005] < size[0.05] / 4


def test_zero_and_tiny_weights(start: NamedWeights) -> None:
    for value in (0.0, 1e-45):
        weights = {name: np.full_like(values, value) for name, values in start.items()}
        tensors = quantize_weights(weights, start, 0.25)
        assert all(np.isfinite(tensor.step) and tensor.step > 0 and not tensor.values.any() for tensor in tensors)
        assert_equal(unpack_weights(pack_weights(tensors, start), start), tensors)


def changed(packed: tuple[TensorRecord, ...], **changes: object) -> tuple[TensorRecord, ...]:
    return (dataclasses.replace(packed[0], **changes), *packed[1:])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "third/kernel"}, "the 4 weight tensors"),
        ({"shape": (3, 3, 8, 4)}, "shape"),
        ({"shape": (2**40,)}, "shape"),
        ({"step": 0.0}, "finite step"),
        ({"step": -1.0}, "finite step"),
        ({"step": math.nan}, "finite step"),
        ({"step": math.inf}, "finite step"),
        ({"step": 1e300}, "finite step"),
        ({"step": 1e38}, "finite step"),
        ({"step": 1e-60}, "finite step"),
        ({"step": 1e-6}, "finite step"),
        ({"table": FrequencyTable(20_000, (2**16,)).pack()}, "differences within"),
        ({"table": b""}, "table"),
        ({"payload": b"123"}, "words"),
        ({"payload": bytes(4000)}, "data for more"),
    ],
)
def test_hostile_tensors_are_refused(start: NamedWeights, changes: dict[str, object], words: str) -> None:
    packed = pack_weights(quantize_weights(trained(start), start, 0.25), start)
    with pytest.raises(StreamError, match=words):
        unpack_weights(changed(packed, **changes), start)


def test_missing_and_reordered_tensors_are_refused(start: NamedWeights) -> None:
    packed = pack_weights(quantize_weights(trained(start), start, 0.25), start)
    for wrong in (packed[1:], packed + packed[:1], packed[::-1], ()):
        with pytest.raises(StreamError, match="the 4 weight tensors"):
            unpack_weights(wrong, start)
