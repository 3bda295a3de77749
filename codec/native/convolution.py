"""Convolutions of whole numbers in the native library; the reference is :mod:`codec.exact.reference`."""

from __future__ import annotations

import ctypes
import functools
import itertools
import math
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
SLACK = 8
"""Values behind a picture that the library may read: it takes whole vectors of channels."""
MARGIN = 2
"""The margin that serves every layer of gvc's networks: tiles of src/winograd.c reach two pixels over the border."""
_WINOGRAD_PLACES = 16


class _Picture(ctypes.Structure):
    """``gvc_picture`` in src/convolution.h."""

    _fields_ = (
        ("first", ctypes.c_void_p),
        *((name, ctypes.c_int64) for name in ("row_stride", "pixel_stride", "channels")),
    )


class _Layer(ctypes.Structure):
    """``gvc_layer`` in src/convolution.h."""

    _fields_ = (
        ("weights", ctypes.c_void_p),
        ("bias", ctypes.c_void_p),
        *((name, ctypes.c_int32) for name in ("rows", "columns", "outputs", "shift", "minimum", "maximum")),
    )


class _Results(ctypes.Structure):
    """``gvc_results`` in src/convolution.h."""

    _fields_ = (
        ("first", ctypes.c_void_p),
        *((name, ctypes.c_int64) for name in ("row_stride", "pixel_stride", "height", "width")),
    )


class _Kernels:
    """The functions of src/convolution.c and src/winograd.c in one library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        pointer, number = ctypes.c_void_p, ctypes.c_int64
        self.group: int = bind(library, "gvc_group", ctypes.c_int32)()
        self.packed_size = bind(library, "gvc_packed_size", number, *[number] * 3)
        self.pack = bind(library, "gvc_pack_kernel", None, pointer, *[number] * 3, pointer)
        self.convolve = bind(library, "gvc_convolve", None, pointer, pointer, number, pointer)
        self.winograd_input_max: int = bind(library, "gvc_winograd_input_max", ctypes.c_int32)()
        self.winograd_scratch_size = bind(library, "gvc_winograd_scratch_size", number, number)
        self.winograd_pack = bind(library, "gvc_winograd_pack", ctypes.c_int32, pointer, number, number, pointer)
        self.winograd = bind(library, "gvc_winograd_convolve", None, pointer, pointer, number, pointer, pointer)


@functools.cache
def _kernels(library: ctypes.CDLL) -> _Kernels:
    return _Kernels(library)


@dataclass(frozen=True, eq=False)
class Padded:
    """A picture as the convolutions take it: a margin of zeros around it, and an even number of channels.

    :func:`padded_picture` makes one.

    Attributes:
        values: (margin + height + margin, margin + width + margin, channels) int16. As an input it is the view of an
            array that has ``SLACK`` more values.
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
        """The same for C, of which a layer takes the first channels, an even number of them.

        Raises:
            ValueError: there is no slack behind the values.
        """
        _, row, pixel = self.values.shape
        whole = self.values.base
        if whole is None or whole.size < self.values.size + SLACK:
            raise ValueError(f"expected a picture with {SLACK} more values behind it. Received: none")
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


@dataclass(frozen=True, eq=False)
class _Packed:
    """A layer as the library reads it.

    Attributes:
        layer: for C; points to the arrays.
        arrays: its weights and biases.
        inputs: the number of channels of each picture that it takes, even.
        num_outputs: its outputs.
        margin: that the pictures need.
        is_winograd: src/winograd.c computes it, not src/convolution.c.
    """

    layer: _Layer
    arrays: tuple[I16Array, I32Array]
    inputs: tuple[int, ...]
    num_outputs: int
    margin: int
    is_winograd: bool


class Convolutions:
    """A sequence of layers in the native library. May be called from several threads.

    Args:
        library: that computes.
        layers: the layers in order, at least one; no sum reaches 2^24 (:func:`codec.exact.layers.check_exact`).
        inputs: the number of channels of each picture that the first layer takes.
        input_max: the largest magnitude of an input.
    """

    def __init__(
        self, library: ctypes.CDLL, layers: Sequence[Convolution], inputs: Sequence[int], input_max: int
    ) -> None:
        self._kernels = _kernels(library)
        self._layers: list[_Packed] = []
        for layer in layers:
            self._layers.append(self._packed(layer, inputs, input_max))
            inputs, input_max = [layer.kernel.shape[3]], max(-layer.minimum, layer.maximum)

    def _packed(self, layer: Convolution, inputs: Sequence[int], input_max: int) -> _Packed:
        rows, columns, _, outputs = layer.kernel.shape
        kernel = np.ascontiguousarray(_with_even_inputs(layer.kernel, inputs), np.int16)
        weights = None
        if (rows, columns) == (3, 3) and input_max <= self._kernels.winograd_input_max:
            weights = self._packed_for_winograd(kernel)
        is_winograd = weights is not None
        if weights is None:
            weights = self._packed_in_order(kernel)
        bias = np.zeros(-(-outputs // self._kernels.group) * self._kernels.group, np.int32)
        bias[:outputs] = layer.bias + (1 << layer.shift >> 1)
        addresses = address(weights, np.int16, weights.shape), address(bias, np.int32, bias.shape)
        return _Packed(
            _Layer(*addresses, rows, columns, outputs, layer.shift, layer.minimum, layer.maximum),
            (weights, bias),
            tuple(even(count) for count in inputs),
            outputs,
            MARGIN if is_winograd else max(rows, columns) // 2,
            is_winograd,
        )

    def _packed_in_order(self, kernel: I16Array) -> I16Array:
        rows, columns, inputs, outputs = kernel.shape
        sizes = rows * columns, inputs // 2, outputs
        packed = np.empty(self._kernels.packed_size(*sizes), np.int16)
        self._kernels.pack(address(kernel, np.int16, kernel.shape), *sizes, address(packed, np.int16, packed.shape))
        return packed

    def _packed_for_winograd(self, kernel: I16Array) -> I16Array | None:
        """None if the transformed weights do not fit int16."""
        _, _, inputs, outputs = kernel.shape
        packed = np.empty(self._kernels.packed_size(_WINOGRAD_PLACES, inputs // 2, outputs), np.int16)
        addresses = address(kernel, np.int16, kernel.shape), address(packed, np.int16, packed.shape)
        fits = self._kernels.winograd_pack(addresses[0], inputs // 2, outputs, addresses[1])
        return packed if fits else None

    @property
    def margin(self) -> int:
        """The margin that the pictures for :meth:`run` need."""
        return self._layers[0].margin

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
        for picture, channels in zip(pictures, self._layers[0].inputs, strict=True):
            has_size = picture.shape == (height, width) and picture.margin >= self.margin
            if not has_size or picture.values.shape[2] < channels:
                raise ValueError(
                    f"expected a picture {height}x{width}, {channels} channels and margin {self.margin} or more. "
                    f"Received: {picture.shape}, {picture.values.shape[2]} and {picture.margin}"
                )
        given: Sequence[Padded] = pictures
        for turn, (layer, following) in enumerate(itertools.pairwise(self._layers)):
            found = _scratch.picture(turn % 2, (height, width), layer.num_outputs, following.margin)
            self._convolve(layer, given, found)
            given = [found]
        last = self._layers[-1]
        if margin is None:
            results = np.empty((height, width, last.num_outputs), np.int16)
            self._convolve(last, given, Padded(results, 0))
            return results
        padded = padded_picture((height, width), last.num_outputs, margin)
        self._convolve(last, given, padded)
        return padded.values

    def _convolve(self, layer: _Packed, given: Sequence[Padded], found: Padded) -> None:
        parts = zip(given, layer.inputs, strict=True)
        pictures = (_Picture * len(given))(*(picture.as_picture(channels) for picture, channels in parts))
        _, row, pixel = found.values.shape
        results = _Results(found.first, row * pixel, pixel, *found.shape)
        references = ctypes.byref(layer.layer), pictures, len(given), ctypes.byref(results)
        if layer.is_winograd:
            scratch = _scratch.memory(self._kernels.winograd_scratch_size(sum(layer.inputs)))
            self._kernels.winograd(*references, address(scratch, np.int16, scratch.shape))
        else:
            self._kernels.convolve(*references)


class _Scratch(threading.local):
    """Memory that each thread uses again and again. Of padded pictures, only the margins must stay as they are."""

    def __init__(self) -> None:
        self._pictures: dict[tuple[int, ...], Padded] = {}
        self._memory = np.empty(0, np.int16)

    def memory(self, size: int) -> I16Array:
        """Memory for this many int16, or more."""
        if self._memory.size < size:
            self._memory = np.empty(size, np.int16)
        return self._memory

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
    padded = shape[0] + 2 * margin, shape[1] + 2 * margin, even(channels)
    size = math.prod(padded)
    return Padded(np.zeros(size + SLACK, np.int16)[:size].reshape(padded), margin)


def even(channels: int) -> int:
    """The number of channels of a padded picture: the next even number."""
    return channels + channels % 2


def _with_even_inputs(kernel: I32Array, inputs: Sequence[int]) -> I32Array:
    """Give each picture's channels an even number of inputs, with weights of 0 for the fillers."""
    parts = np.split(kernel, np.cumsum(inputs)[:-1], axis=2)
    filled = [np.pad(part, ((0, 0), (0, 0), (0, part.shape[2] % 2), (0, 0))) for part in parts]
    return np.concatenate(filled, axis=2)
