"""Exact networks at work: in the native library, or in NumPy if there is none or the numbers do not fit int16."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

import numpy as np
import numpy.typing as npt

from codec.exact.layers import IntegerConvolution, check_exact
from codec.exact.reference import run_layers
from codec.native.convolution import INT16_MAX, Convolution, Convolutions, Padded, padded_picture
from codec.native.library import library

Whole = npt.NDArray[np.int16] | npt.NDArray[np.int32]
Pictures = npt.NDArray[np.signedinteger] | Padded


class ExactNetwork:
    """A sequence of layers that gives the same bits on every machine. May be called from several threads.

    Args:
        layers: the layers in order, at least one.
        input_magnitudes: the largest magnitude of each input channel.
        inputs: the number of channels of each picture that a call takes; None for one picture.

    Raises:
        StreamError: it cannot be proved that the layers are exact.
    """

    def __init__(
        self,
        layers: Sequence[IntegerConvolution],
        input_magnitudes: Sequence[int],
        inputs: Sequence[int] | None = None,
    ) -> None:
        check_exact(layers, input_magnitudes)
        self._layers = tuple(layers)
        self._inputs = (len(input_magnitudes),) if inputs is None else tuple(inputs)
        self._num_outputs = layers[-1].num_outputs
        self._result_type = np.int16 if layers[-1].max_magnitude <= INT16_MAX else np.int32
        self._native: Convolutions | None = None
        native = library()
        if native is not None and fits_int16(layers, input_magnitudes):
            own = [Convolution(layer.kernel, layer.bias, layer.shift, layer.minimum, layer.maximum) for layer in layers]
            self._native = Convolutions(native, own, self._inputs, max(input_magnitudes))

    @property
    def is_native(self) -> bool:
        """Whether the native library computes."""
        return self._native is not None

    @property
    def margin(self) -> int:
        """The margin with which a picture is taken as it is; one with a smaller margin is copied."""
        return self._native.margin if self._native is not None else 0

    def __call__(self, *pictures: Pictures) -> Whole:
        """Run all layers.

        Args:
            pictures: of one size, joined along their channels: (height, width, channels) whole numbers within the
                magnitudes, of any signed integer type, or the same with a margin.

        Returns:
            (height, width, outputs), int16 if all possible results fit, else int32.
        """
        if self._native is not None:
            return self._native.run(self._padded(pictures, self._native.margin))
        return self._in_numpy(pictures)

    def padded(self, *pictures: Pictures, margin: int) -> Padded:
        """Run all layers, as a call does, and give the results a margin for the next network.

        Raises:
            ValueError: the results do not fit int16.
        """
        if self._result_type != np.int16:
            raise ValueError(f"expected results within int16. Received: up to {self._layers[-1].max_magnitude}")
        if self._native is not None:
            return Padded(self._native.run(self._padded(pictures, self._native.margin), margin=margin), margin)
        return _with_margin(self._in_numpy(pictures), margin)

    def _padded(self, pictures: Sequence[Pictures], margin: int) -> list[Padded]:
        return [part if _has_margin(part, margin) else _with_margin(part, margin) for part in pictures]

    def _in_numpy(self, pictures: Sequence[Pictures]) -> Whole:
        arrays = [
            part.inside[..., :count] if isinstance(part, Padded) else part
            for part, count in zip(pictures, self._inputs, strict=True)
        ]
        joined = np.concatenate(arrays, axis=-1)[None].astype(np.int32)
        results: Whole = run_layers(self._layers, joined)[0].astype(self._result_type)
        return results


def fits_int16(layers: Sequence[IntegerConvolution], input_magnitudes: Sequence[int]) -> bool:
    """Whether all inputs, weights and results of exact layers fit int16, as the native library needs them."""
    weights = max(int(np.abs(layer.kernel).max()) for layer in layers)
    return max(weights, *input_magnitudes, *(layer.max_magnitude for layer in layers)) <= INT16_MAX


def _has_margin(picture: Pictures, margin: int) -> TypeGuard[Padded]:
    return isinstance(picture, Padded) and picture.margin >= margin


def _with_margin(picture: Pictures, margin: int) -> Padded:
    values = picture.inside if isinstance(picture, Padded) else picture
    height, width, channels = values.shape
    padded = padded_picture((height, width), channels, margin)
    padded.inside[..., :channels] = values
    return padded
