"""Whole-number layers on the Keras backend, tested against the reference before they are used.

The backend computes in float32. Every sum is exact if :func:`codec.exact.layers.check_exact` passes, unless the backend
rounds within a convolution: with reduced precision (TF32, bfloat16), or with fast convolutions that transform their
input (Winograd, FFT). :func:`codec.backend.compiled` switches TF32 off, and a known-answer test finds the other cases.
If the test fails, NumPy computes the network, which is slower but exact.

The decision page docs/decisions/0009-exact-inference.md lists what was tried to make this fast.
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
    """Results that stay on the device that computed them, as the input of another network.

    Attributes:
        values: (n, height, width, outputs) whole numbers: a float32 tensor of the backend, or an int32 array if NumPy
            computed them.
    """

    values: Any

    def array(self) -> I32Array:
        """The results as an array, (n, height, width, outputs) int32."""
        values = self.values if isinstance(self.values, np.ndarray) else as_array(self.values)
        return values.astype(np.int32)


Pictures = npt.NDArray[np.signedinteger] | Kept


class ExactNetwork:
    """A sequence of layers that gives the same bits on every machine.

    Args:
        layers: the layers in order, at least one.
        input_magnitudes: the largest magnitude of each input channel.

    Attributes:
        runs_on_backend: whether the backend computes, since it passed the known-answer test; otherwise NumPy does.

    Raises:
        StreamError: it cannot be proved that the layers are exact.
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
            pictures: (n, height, width, inputs) whole numbers within the magnitudes: an array of any signed integer
                type, or kept results of a network. Several arguments are joined along their channels.

        Returns:
            (n, height, width, outputs) int32.
        """
        return self._on_backend(pictures) if self.runs_on_backend else self._in_numpy(pictures)

    def kept(self, *pictures: Pictures) -> Kept:
        """Run all layers, as a call does, and leave the results on the device."""
        if not self.runs_on_backend:
            return Kept(self._in_numpy(pictures))
        batches: dict[int, list[Any]] = {}
        for piece, given in self._pieces(pictures):
            rows = given if piece.rows_kept == slice(0, given.shape[1]) else given[:, piece.rows_kept]
            batches.setdefault(piece.pictures.start, []).append(rows)
        return Kept(_joined([_joined(rows, axis=1) for rows in batches.values()], axis=0))

    def distrust_backend(self) -> None:
        """Compute in NumPy from now on, because a result of the backend was wrong."""
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
        """Divide the pictures into pieces, and yield each piece with the backend's results for it."""
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
        """Whether backend and reference agree on two pictures: noise, and inputs at the ends of their ranges."""
        random = np.random.default_rng(_TEST_SEED)
        magnitudes = np.array(self._magnitudes, np.int64)
        noise = random.integers(-magnitudes, magnitudes + 1, (1, _TEST_SIDE, _TEST_SIDE, magnitudes.size))
        ends = np.where(random.random(noise.shape) < 0.5, -magnitudes, magnitudes)
        pictures = np.concatenate([noise, ends]).astype(np.int32)
        return np.array_equal(self._on_backend([pictures]), run_layers(self._layers, pictures))


def _values(pictures: Pictures) -> Any:
    """The pictures in a dtype for the backend: int16 or int32 only, since a backend compiles for each dtype."""
    if isinstance(pictures, Kept):
        return pictures.values
    return pictures if pictures.dtype == np.int16 else pictures.astype(np.int32)


def _joined(tensors: list[Any], axis: int) -> Any:
    return tensors[0] if len(tensors) == 1 else keras.ops.concatenate(tensors, axis=axis)


@dataclass(frozen=True)
class _FloatLayer:
    """A layer in float32. Kernel and bias are scaled by the shift, and the bias has the 1/2 that makes floor round."""

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
        # The limits are whole numbers, so the clip may precede the floor. In this order TensorFlow fuses bias and relu
        # into the convolution.
        if self.minimum == 0:
            values = ops.minimum(ops.relu(values), self.maximum)
        else:
            values = ops.clip(values, self.minimum, self.maximum)
        return ops.floor(values) if self.rounds else values


def _float_network(layers: Sequence[IntegerConvolution]) -> Callable[[list[Any]], Any]:
    """All layers as one function. It takes tensors (n, height, width, inputs), and joins them along their channels."""
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
