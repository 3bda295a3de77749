"""Whole-number layers on the Keras backend, checked against the reference before they are believed.

The backend computes in float32, in which every sum is exact once :func:`codec.exact.layers.check_exact` has passed,
unless the backend rounds inside: with reduced precision (TF32, bfloat16), or with fast convolutions that transform
their input (Winograd, FFT). TF32 is switched off by :func:`codec.backend.compiled`, the others are what the
known-answer test finds. Where it fails, NumPy computes: slowly, and right.

What was tried to make it fast is in docs/decisions/0009-exact-inference.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.backend import FASTEST_DATA_FORMAT, as_array, compiled, keras
from codec.exact.layers import I32Array, IntegerConvolution, check_exact
from codec.exact.pieces import Piece, pieces, rows_reach
from codec.exact.reference import run_layers

_TEST_SIDE = 48
_TEST_SEED = 20_220_624
_BATCH_BYTES = 8 << 20
_STRIP_BYTES = 32 << 20


@dataclass(frozen=True, eq=False)
class Kept:
    """Results that stay where they were computed, for another network to take.

    Attributes:
        values: (n, height, width, outputs) whole numbers: a float32 tensor of the backend, or an int32 array where
            NumPy computed.
    """

    values: Any

    def array(self) -> I32Array:
        """As an array."""
        values = self.values if isinstance(self.values, np.ndarray) else as_array(self.values)
        return values.astype(np.int32)


Pictures = npt.NDArray[np.signedinteger] | Kept


class ExactNetwork:
    """Layers that give the same bits everywhere.

    Args:
        layers: in order.
        input_magnitudes: of the largest value of each input channel.

    Attributes:
        runs_on_backend: the known-answer test passed; else NumPy computes.

    Raises:
        StreamError: the layers cannot be proved to be exact.
    """

    def __init__(self, layers: Sequence[IntegerConvolution], input_magnitudes: Sequence[int]) -> None:
        check_exact(layers, input_magnitudes)
        self._layers = tuple(layers)
        self._magnitudes = tuple(input_magnitudes)
        self._reach = rows_reach(layers)
        self._point_bytes = 4 * max(layer.num_outputs for layer in layers)
        self._run = compiled(_float_network(layers))
        self.runs_on_backend = self._known_answer_test()

    def __call__(self, *pictures: Pictures) -> I32Array:
        """Run all layers.

        Args:
            pictures: (n, height, width, inputs) whole numbers within the magnitudes, any integer type or what a network
                kept; if there are several, their channels one after another.

        Returns:
            (n, height, width, outputs) int32.
        """
        return self._on_backend(pictures) if self.runs_on_backend else self._in_numpy(pictures)

    def kept(self, *pictures: Pictures) -> Kept:
        """As a call, with results that stay where they are."""
        if not self.runs_on_backend:
            return Kept(self._in_numpy(pictures))
        batches: dict[int, list[Any]] = {}
        for piece, given in self._pieces(pictures):
            rows = given if piece.rows_kept == slice(0, given.shape[1]) else given[:, piece.rows_kept]
            batches.setdefault(piece.pictures.start, []).append(rows)
        return Kept(_joined([_joined(rows, axis=1) for rows in batches.values()], axis=0))

    def distrust_backend(self) -> None:
        """From now on NumPy computes: the backend was seen to be wrong."""
        self.runs_on_backend = False

    def _in_numpy(self, pictures: Sequence[Pictures]) -> I32Array:
        arrays = [part.array() if isinstance(part, Kept) else part.astype(np.int32) for part in pictures]
        return run_layers(self._layers, np.concatenate(arrays, axis=-1))

    def _on_backend(self, pictures: Sequence[Pictures]) -> I32Array:
        n, height, width, _ = _values(pictures[0]).shape
        results = np.empty((n, height, width, self._layers[-1].num_outputs), np.int32)
        for piece, given in self._pieces(pictures):
            results[piece.pictures, piece.rows_out] = as_array(given)[:, piece.rows_kept]
        return results

    def _pieces(self, pictures: Sequence[Pictures]) -> Iterator[tuple[Piece, Any]]:
        """Parts of the pictures, and what the backend makes of them."""
        values = [_values(part) for part in pictures]
        n, height, width, _ = values[0].shape
        for piece in pieces(
            (n, height, width),
            self._reach,
            batch_points=_BATCH_BYTES // self._point_bytes,
            strip_points=_STRIP_BYTES // self._point_bytes,
        ):
            is_all = piece.pictures == slice(0, n) and piece.rows_in == slice(0, height)
            yield piece, self._run(*(v if is_all else v[piece.pictures, piece.rows_in] for v in values))

    def _known_answer_test(self) -> bool:
        """Noise, and all inputs at the ends of their ranges, through backend and reference."""
        random = np.random.default_rng(_TEST_SEED)
        magnitudes = np.array(self._magnitudes, np.int64)
        noise = random.integers(-magnitudes, magnitudes + 1, (1, _TEST_SIDE, _TEST_SIDE, magnitudes.size))
        ends = np.where(random.random(noise.shape) < 0.5, -magnitudes, magnitudes)
        pictures = np.concatenate([noise, ends]).astype(np.int32)
        return np.array_equal(self._on_backend([pictures]), run_layers(self._layers, pictures))


def _values(pictures: Pictures) -> Any:
    """As the backend takes them: int16 has half the bytes of int32, and a backend compiles for each type."""
    if isinstance(pictures, Kept):
        return pictures.values
    return pictures if pictures.dtype == np.int16 else pictures.astype(np.int32)


def _joined(tensors: list[Any], axis: int) -> Any:
    return tensors[0] if len(tensors) == 1 else keras.ops.concatenate(tensors, axis=axis)


@dataclass(frozen=True)
class _FloatLayer:
    """A layer in float32 with its shift and the half of its rounding in kernel and bias: only the floor is left."""

    kernel: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    rounds: bool
    minimum: float
    maximum: float

    @classmethod
    def of(cls, layer: IntegerConvolution) -> _FloatLayer:
        scale, half = 2.0**-layer.shift, 0.5 if layer.shift else 0.0
        kernel = (layer.kernel * scale).astype(np.float32)
        bias = (layer.bias * scale + half).astype(np.float32)
        if FASTEST_DATA_FORMAT == "channels_first":
            bias = bias[:, None, None]
        return cls(kernel, bias, bool(layer.shift), float(layer.minimum), float(layer.maximum))

    def __call__(self, values: Any) -> Any:
        ops = keras.ops
        values = ops.add(ops.conv(values, self.kernel, padding="same", data_format=FASTEST_DATA_FORMAT), self.bias)
        # Whole limits may come before the floor. In this order TensorFlow makes bias and relu part of the convolution.
        if self.minimum == 0:
            values = ops.minimum(ops.relu(values), self.maximum)
        else:
            values = ops.clip(values, self.minimum, self.maximum)
        return ops.floor(values) if self.rounds else values


def _float_network(layers: Sequence[IntegerConvolution]) -> Callable[[list[Any]], Any]:
    """All layers as a function of tensors (n, height, width, inputs) of whole numbers, whose channels it joins."""
    float_layers = [_FloatLayer.of(layer) for layer in layers]
    transposed = FASTEST_DATA_FORMAT == "channels_first"

    def run(pictures: list[Any]) -> Any:
        values = _joined([keras.ops.cast(part, "float32") for part in pictures], axis=-1)
        if transposed:
            values = keras.ops.transpose(values, (0, 3, 1, 2))
        for layer in float_layers:
            values = layer(values)
        return keras.ops.transpose(values, (0, 2, 3, 1)) if transposed else values

    return run
