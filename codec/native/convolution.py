"""Convolutions of whole numbers in the native library; the reference is :mod:`codec.exact.reference`."""

from __future__ import annotations

import ctypes
import functools
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codec.native.arrays import address
from codec.native.library import bind

I16Array = npt.NDArray[np.int16]
I32Array = npt.NDArray[np.int32]

INT16_MAX = 2**15 - 1


class _Picture(ctypes.Structure):
    """``gvc_picture`` in src/convolution.c."""

    _fields_ = (
        ("first", ctypes.c_void_p),
        *((name, ctypes.c_int64) for name in ("row_stride", "pixel_stride", "channels")),
    )


class _Layer(ctypes.Structure):
    """``gvc_layer`` in src/convolution.c."""

    _fields_ = (
        ("weights", ctypes.c_void_p),
        ("bias", ctypes.c_void_p),
        *((name, ctypes.c_int32) for name in ("rows", "columns", "outputs", "shift", "minimum", "maximum")),
    )


class _Kernels:
    """The functions of src/convolution.c in one library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        pointer, number = ctypes.c_void_p, ctypes.c_int64
        self.group: int = bind(library, "gvc_group", ctypes.c_int32)()
        self.packed_size = bind(library, "gvc_packed_size", number, *[number] * 3)
        self.pack = bind(library, "gvc_pack_kernel", None, pointer, *[number] * 3, pointer)
        self.convolve = bind(library, "gvc_convolve", None, *[pointer] * 2, *[number] * 3, pointer, *[number] * 2)


@functools.cache
def _kernels(library: ctypes.CDLL) -> _Kernels:
    return _Kernels(library)


@dataclass(frozen=True, eq=False)
class Padded:
    """A picture as the convolutions take it: a margin of zeros around it, and an even number of channels.

    Attributes:
        values: (margin + height + margin, margin + width + margin, channels) int16.
        margin: rows and columns of zeros on each side.
    """

    values: I16Array
    margin: int

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width without the margin."""
        return self.values.shape[0] - 2 * self.margin, self.values.shape[1] - 2 * self.margin

    @property
    def inside(self) -> I16Array:
        """The picture without its margin, (height, width, channels) int16."""
        height, width = self.shape
        return self.values[self.margin : self.margin + height, self.margin : self.margin + width]

    @property
    def first(self) -> int:
        """The address of the first pixel."""
        row_bytes, pixel_bytes, _ = self.values.strides
        return address(self.values, np.int16, self.values.shape) + self.margin * (int(row_bytes) + int(pixel_bytes))

    def as_picture(self, channels: int) -> _Picture:
        """The same for C, of which a layer takes the first channels, an even number of them."""
        _, row, pixel = self.values.shape
        return _Picture(self.first, row * pixel, pixel, channels)


@dataclass(frozen=True, eq=False)
class Convolution:
    """One layer: what :class:`codec.exact.layers.IntegerConvolution` says, in int16.

    Attributes:
        kernel: (rows, columns, inputs, outputs), values within int16.
        bias: (outputs,) int32.
        shift: of the sums, 0 to 24.
        minimum: the smallest result, within int16.
        maximum: the largest result, within int16.
    """

    kernel: I32Array
    bias: I32Array
    shift: int
    minimum: int
    maximum: int


class Convolutions:
    """A sequence of layers in the native library. May be called from several threads.

    Args:
        library: that computes.
        layers: the layers in order, at least one; no sum exceeds int32 (:func:`codec.exact.layers.check_exact`).
        inputs: the number of channels of each picture that the first layer takes.
    """

    def __init__(self, library: ctypes.CDLL, layers: Sequence[Convolution], inputs: Sequence[int]) -> None:
        self._kernels = _kernels(library)
        self._packed: list[tuple[I16Array, I32Array]] = []  # what the layers point to
        self._layers: list[_Layer] = []
        for index, layer in enumerate(layers):
            self._add(layer, list(inputs) if index == 0 else [layer.kernel.shape[2]])
        self._inputs = tuple(inputs)
        self._margins = [max(layer.kernel.shape[:2]) // 2 for layer in layers]
        self._outputs = [layer.kernel.shape[3] for layer in layers]

    def _add(self, layer: Convolution, inputs: list[int]) -> None:
        rows, columns, _, outputs = layer.kernel.shape
        kernel = _with_even_inputs(layer.kernel, inputs)
        taps, pairs = rows * columns, kernel.shape[2] // 2
        packed = np.empty(self._kernels.packed_size(taps, pairs, outputs), np.int16)
        kernel = np.ascontiguousarray(kernel.reshape(taps, 2 * pairs, outputs), np.int16)
        self._kernels.pack(
            address(kernel, np.int16, (taps, 2 * pairs, outputs)),
            *(taps, pairs, outputs),
            address(packed, np.int16, packed.shape),
        )
        bias = np.zeros(-(-outputs // self._kernels.group) * self._kernels.group, np.int32)
        bias[:outputs] = layer.bias + (1 << layer.shift >> 1)
        self._packed.append((packed, bias))
        weights = address(packed, np.int16, packed.shape), address(bias, np.int32, bias.shape)
        self._layers.append(_Layer(*weights, rows, columns, outputs, layer.shift, layer.minimum, layer.maximum))

    @property
    def margin(self) -> int:
        """The margin that the pictures for :meth:`run` need."""
        return int(self._margins[0])

    def run(self, pictures: Sequence[Padded], *, margin: int | None = None) -> I16Array:
        """Run all layers.

        Args:
            pictures: of one size; joined along their channels. A picture may have more channels than the layer takes.
            margin: give the results a margin of this size and an even number of channels, as :class:`Padded` has them.

        Returns:
            (height, width, outputs) int16 of its own; or with margins around, and an even number of channels.

        Raises:
            ValueError: a picture has another size, other channels, or too small a margin.
        """
        height, width = pictures[0].shape
        for picture, channels in zip(pictures, self._inputs, strict=True):
            has_size = picture.shape == (height, width) and picture.margin >= self.margin
            if not has_size or picture.values.shape[2] < even(channels):
                raise ValueError(
                    f"expected a picture {height}x{width}, {even(channels)} channels and margin {self.margin} or more. "
                    f"Received: {picture.shape}, {picture.values.shape[2]} and {picture.margin}"
                )
        given: Sequence[Padded] = pictures
        for index in range(len(self._layers) - 1):
            found = self._between(index, height, width)
            self._convolve(index, given, found)
            given = [found]
        last = len(self._layers) - 1
        if margin is None:
            results = np.empty((height, width, self._outputs[last]), np.int16)
            self._convolve(last, given, Padded(results, 0))
            return results
        padded = padded_picture((height, width), self._outputs[last], margin)
        self._convolve(last, given, padded)
        return padded.values

    def _convolve(self, index: int, given: Sequence[Padded], found: Padded) -> None:
        inputs = self._inputs if index == 0 else [self._outputs[index - 1]]
        parts = zip(given, inputs, strict=True)
        pictures = (_Picture * len(given))(*(picture.as_picture(even(channels)) for picture, channels in parts))
        height, width = found.shape
        _, row, channels = found.values.shape
        self._kernels.convolve(
            ctypes.addressof(self._layers[index]),
            ctypes.addressof(pictures),
            *(len(given), height, width),
            *(found.first, row * channels, channels),
        )

    def _between(self, index: int, height: int, width: int) -> Padded:
        """Where a layer's results wait for the next layer."""
        return _scratch.picture(index % 2, (height, width), self._outputs[index], self._margins[index + 1])


class _Scratch(threading.local):
    """Padded pictures that each thread uses again and again: only their margins must stay as they are."""

    def __init__(self) -> None:
        self._pictures: dict[tuple[int, ...], Padded] = {}

    def picture(self, turn: int, shape: tuple[int, int], channels: int, margin: int) -> Padded:
        """The picture of this size and turn; 0 and 1 take turns, since a layer reads what the last one wrote."""
        key = turn, *shape, even(channels), margin
        if key not in self._pictures:
            if len(self._pictures) >= _MOST_SCRATCH:
                self._pictures.clear()
            self._pictures[key] = padded_picture(shape, channels, margin)
        return self._pictures[key]


_MOST_SCRATCH = 32  # pictures; coding a first picture takes a few for each of its sizes
_scratch = _Scratch()


def padded_picture(shape: tuple[int, int], channels: int, margin: int) -> Padded:
    """A picture of zeros: height and width, an even number of channels, and a margin."""
    height, width = shape
    return Padded(np.zeros((height + 2 * margin, width + 2 * margin, even(channels)), np.int16), margin)


def even(channels: int) -> int:
    """The number of channels of a padded picture: the next even number."""
    return channels + channels % 2


def _with_even_inputs(kernel: I32Array, inputs: Sequence[int]) -> I32Array:
    """Give each picture's channels an even number of inputs, with weights of 0 for the fillers."""
    parts = np.split(kernel, np.cumsum(inputs)[:-1], axis=2)
    filled = [np.pad(part, ((0, 0), (0, 0), (0, part.shape[2] % 2), (0, 0))) for part in parts]
    return np.concatenate(filled, axis=2)
