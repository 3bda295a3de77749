"""gvc's own network: a few thousand whole-number weights that make a video's color from the gray and the hints.

It works on a grid of half the width and half the height. Each point of the grid holds the four gray samples of a square
and the enlarged hint (:mod:`codec.hints.planes`):

    gray, hint (rows, columns, 4 + chroma)
      convolutions 3x3, `depth` of them, `width` kernels each      clipped at 0 and 255
      convolution 1x1
    the correction of the hint (rows, columns, chroma)

``chroma`` is two planes times the chroma samples of one square: 2 for 4:2:0, 4 for 4:2:2, 8 for 4:4:4 and RGB. The last
convolution starts at 0, so training starts from the unchanged hint and can only improve on it. All values are whole
numbers (:mod:`codec.exact`): gray and hint are code values minus 128, hidden values are in 64ths, and the result is in
quarters of a code value. Without hints, the input has neutral chroma in their place.
"""

from __future__ import annotations

import numpy as np

from codec.errors import StreamError
from codec.exact.grid import GRAY_BLOCK, to_grid
from codec.exact.network import ExactNetwork
from codec.hints.planes import I16Array, layout_of, neutral_quarters, picture_of_quarters
from codec.native.convolution import Padded, padded_picture
from codec.native.hints import fill_inputs
from codec.native.library import library
from codec.networks.compact_weights import (
    ARCHITECTURE,
    INPUT_MAGNITUDE,
    CompactShape,
    CompactWeights,
    base_weights,
    unpack_spec,
)
from codec.networks.interface import Colorizer, ColorNetwork, NetworkSpec
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray
from codec.video.pixel_formats import PixelFormat
from codec.weights.tensors import NamedWeights, QuantizedTensor

NEUTRAL = 128


def network_inputs(luma: PlaneArray, hints: I16Array, pixel_format: PixelFormat, *, margin: int = 0) -> Padded:
    """The network's input.

    Args:
        luma: (height, width) uint8.
        hints: (rows, columns, 2) int16, the enlarged hints in quarters of a code value, at the size of the chroma
            planes.
        pixel_format: of the video.
        margin: of zeros around the grid.

    Returns:
        (ceil(height / 2), ceil(width / 2), 4 + chroma) int16 in [-128, 127].
    """
    layout = layout_of(luma, hints, pixel_format)
    inputs, native = padded_picture(layout.grid, layout.num_inputs, margin), library()
    if native is not None:
        fill_inputs(native, layout, luma, hints, inputs)
    else:
        inputs.inside[:] = inputs_by_numpy(luma[None], hints[None], layout.block)[0]
    return inputs


def inputs_by_numpy(lumas: PlaneArray, hints: I16Array, block: tuple[int, int]) -> I16Array:
    """The reference of :func:`network_inputs`, for several pictures and without margins."""
    gray = to_grid(lumas.astype(np.int16)[..., None] - NEUTRAL, GRAY_BLOCK)
    chroma = to_grid((np.clip(hints >> 2, 0, 255) - NEUTRAL).astype(np.int16), block)
    return np.concatenate([gray, chroma], axis=-1)


class CompactColorizer(Colorizer):
    """Makes color with the network ``compact`` and the weights of one video."""

    def __init__(self, weights: CompactWeights, conversion: ColorConversion) -> None:
        self._network = ExactNetwork(list(weights.layers()), [INPUT_MAGNITUDE] * weights.shape.num_inputs)
        self._conversion = conversion

    @property
    def is_exact(self) -> bool:
        """See :class:`Colorizer`."""
        return True

    def __call__(self, lumas: PlaneArray, hints: I16Array | None) -> list[Picture]:
        """See :class:`Colorizer`."""
        if hints is None:
            shape = self._conversion.pixel_format.chroma_shape(lumas.shape[2], lumas.shape[1])
            hints = np.broadcast_to(neutral_quarters(1, shape), (len(lumas), *shape, 2))
        return [self._color(luma, own) for luma, own in zip(lumas, hints, strict=True)]

    def _color(self, luma: PlaneArray, hints: I16Array) -> Picture:
        pixel_format = self._conversion.pixel_format
        residuals = self._network(network_inputs(luma, hints, pixel_format, margin=self._network.margin))
        return picture_of_quarters(luma, hints, pixel_format, residuals.astype(np.int16, copy=False))


class Compact(ColorNetwork):
    """The network ``compact`` behind gvc's interface."""

    @property
    def architecture(self) -> str:
        """See :class:`ColorNetwork`."""
        return ARCHITECTURE

    def start_weights(self, spec: NetworkSpec) -> NamedWeights:
        """See :class:`ColorNetwork`. They are the base network's weights in the steps of the spec; zeros for base 0."""
        shape, step_bits, number = unpack_spec(spec)
        base = base_weights(shape, number)
        return {"kernels": base.kernels_in(step_bits), "biases": base.biases.astype(np.float32)}

    def colorizer(
        self, spec: NetworkSpec, tensors: tuple[QuantizedTensor, ...], conversion: ColorConversion
    ) -> CompactColorizer:
        """See :class:`ColorNetwork`."""
        shape, step_bits, base = unpack_spec(spec)
        kernels, biases = (tensor.values for tensor in tensors)
        if any(tensor.step != 1.0 for tensor in tensors):
            raise StreamError("expected weights in steps of 1 in a network compact. Received: another step")
        if shape != CompactShape.for_video(conversion.pixel_format, depth=shape.depth, width=shape.width):
            raise StreamError(
                f"expected a network for {conversion.pixel_format.name}. Received: {shape.chroma} values a point"
            )
        return CompactColorizer(CompactWeights(shape, step_bits, kernels, biases, base), conversion)


NETWORK = Compact()
