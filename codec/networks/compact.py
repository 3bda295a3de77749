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
import numpy.typing as npt

from codec.errors import StreamError
from codec.exact.grid import GRAY_BLOCK, chroma_block, from_grid, to_grid
from codec.exact.layers import I32Array
from codec.exact.network import ExactNetwork
from codec.hints.planes import neutral_quarters, picture_of_quarters
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
from codec.weights.tensors import NamedWeights, QuantizedTensor

NEUTRAL = 128


def network_inputs(lumas: PlaneArray, hints: I32Array, block: tuple[int, int]) -> npt.NDArray[np.int16]:
    """The network's input.

    Args:
        lumas: (n, height, width) uint8.
        hints: (n, rows, columns, 2) int32, the enlarged hints in quarters of a code value, at the size of the chroma
            planes.
        block: the number of rows and of columns of chroma samples at each point of the grid.

    Returns:
        (n, ceil(height / 2), ceil(width / 2), 4 + chroma) int16 in [-128, 127].
    """
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

    def __call__(self, lumas: PlaneArray, hints: I32Array | None) -> list[Picture]:
        """See :class:`Colorizer`."""
        chroma_shape = self._conversion.pixel_format.chroma_shape(lumas.shape[2], lumas.shape[1])
        quarters = neutral_quarters(len(lumas), chroma_shape) if hints is None else hints
        block = chroma_block(self._conversion.pixel_format)
        inputs = network_inputs(lumas, quarters, block)
        residuals = from_grid(np.stack([self._network(own) for own in inputs]), block, chroma_shape)
        color = np.clip(quarters, 0, 1023) + residuals
        model = self._conversion.pixel_format.model
        return [picture_of_quarters(luma, own, model) for luma, own in zip(lumas, color, strict=True)]


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
