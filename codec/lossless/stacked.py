"""Exact chroma through a lossless video codec: how `lossless` sends it where no predictor pays.

Both planes travel as one picture, the first above the second, through a lossless codec of the gray. U and V travel as
they are. Of RGB the differences B - G and R - G do, as in the reversible transform of JPEG 2000 (ITU-T T.800, G.2),
whose luma is that of YCoCg-R: codecs of 8-bit pictures make them smaller than Co and Cg. Of their 9 bits the lower 8
are in the picture; which of them lie outside of [-128, 127], in strong colors, is packed by Zstandard.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from codec.errors import StreamError
from codec.plane_codecs import CodedRun, PlaneCodecSpec, PlaneParameters, open_plane_encoder, plane_parameters
from codec.plane_codecs.probe import SEGMENT_FRAMES, probed_bytes
from codec.video.picture import ChromaArray, Picture, PlaneArray
from codec.video.pixel_formats import ColorModel, PixelFormat
from container_format.compression import compress, decompress

CHROMA_CODECS = ("x264", "ffv1")
_MIDDLE, _RANGE = 128, 256

BoolArray = npt.NDArray[np.bool_]


def stack_chroma(chroma: tuple[ChromaArray, ChromaArray]) -> tuple[PlaneArray, BoolArray]:
    """One picture of both planes, and what of them it cannot hold.

    Returns:
        (2 x rows, columns) uint8, and bool of the same shape: differences of RGB outside of [-128, 127].
    """
    first, second = chroma
    if first.dtype == np.uint8:
        stack: PlaneArray = np.concatenate(chroma)
        return stack, np.zeros(stack.shape, np.bool_)
    blue = -second - (first >> 1)  # B - G, of Co = R - B and Cg = G - (B + (Co >> 1))
    differences = np.concatenate([blue, first + blue])
    is_far: BoolArray = (differences < -_MIDDLE) | (differences >= _MIDDLE)
    return ((differences + _MIDDLE) & (_RANGE - 1)).astype(np.uint8), is_far


def unstack_chroma(stack: PlaneArray, is_far: BoolArray, model: ColorModel) -> tuple[ChromaArray, ChromaArray]:
    """The inverse of :func:`stack_chroma`."""
    rows = len(stack) // 2
    if model is not ColorModel.RGB:
        return stack[:rows], stack[rows:]
    near = stack.astype(np.int16) - np.int16(_MIDDLE)
    differences = np.where(is_far, near + np.where(near < 0, _RANGE, -_RANGE), near).astype(np.int16)
    blue, red = differences[:rows], differences[rows:]
    chroma_orange = red - blue
    return chroma_orange, -blue - (chroma_orange >> 1)


def pack_far(pictures: Sequence[BoolArray]) -> bytes:
    """What a segment's pictures cannot hold: eight samples a byte, by Zstandard; empty for nothing at all."""
    stacked = np.stack(pictures)
    return compress(np.packbits(stacked).tobytes()) if stacked.any() else b""


def unpack_far(packed: bytes, shape: tuple[int, int, int]) -> BoolArray:
    """The inverse of :func:`pack_far`: bool of that shape, (pictures, 2 x rows, columns).

    Raises:
        StreamError: the data are damaged, or of another number of samples.
    """
    if not packed:
        return np.zeros(shape, np.bool_)
    count = math.prod(shape)
    data = decompress(packed, max_bytes=-(-count // 8))
    if len(data) != -(-count // 8):
        raise StreamError(f"expected far differences of {count} samples. Received: {len(data)} bytes")
    return np.unpackbits(np.frombuffer(data, np.uint8), count=count).astype(np.bool_).reshape(shape)


def pictures_of_stacks(
    lumas: Sequence[PlaneArray], stacks: Sequence[PlaneArray], far: bytes, model: ColorModel
) -> list[Picture]:
    """The pictures of a segment, from their gray and what was sent of their chroma.

    Raises:
        StreamError: the data are damaged.
    """
    are_far = unpack_far(far, (len(stacks), *stacks[0].shape[:2]))
    return [
        Picture(luma, unstack_chroma(stack, is_far, model))
        for luma, stack, is_far in zip(lumas, stacks, are_far, strict=True)
    ]


@dataclass(frozen=True)
class StackedParameters:
    """What the receiver must know of stacked chroma.

    Attributes:
        pictures: for the decoder of the pictures that hold both planes.
    """

    pictures: PlaneParameters

    @classmethod
    def of(cls, codec: PlaneCodecSpec, pixel_format: PixelFormat, width: int, height: int) -> StackedParameters:
        """For video of that size, in samples of gray."""
        rows, columns = pixel_format.chroma_shape(width, height)
        return cls(plane_parameters(codec, columns, 2 * rows))


class StackedChromaEncoder:
    """Codes the chroma of one segment.

    Args:
        codec: a lossless plane codec.
        parameters: for its decoder.
        frame_rate: of the video.
    """

    def __init__(self, codec: PlaneCodecSpec, parameters: StackedParameters, frame_rate: Fraction) -> None:
        self._encoder = open_plane_encoder(codec, parameters.pictures, frame_rate)
        self._far: list[BoolArray] = []

    def write(self, picture: Picture) -> None:
        """Take the next picture."""
        stack, is_far = stack_chroma(picture.chroma_planes())
        self._encoder.write(stack)
        self._far.append(is_far)

    def finish(self) -> tuple[CodedRun, bytes]:
        """The coded pictures, and the differences that they cannot hold."""
        return self._encoder.finish(), pack_far(self._far)


def probed_stack_bytes(
    codec: PlaneCodecSpec, parameters: StackedParameters, runs: Sequence[Sequence[Picture]], frame_rate: Fraction
) -> Fraction:
    """Bytes of segments that go on as these runs of consecutive pictures do; see :func:`probed_bytes`."""
    total = Fraction(0)
    for run in runs:
        stacks, far = zip(*(stack_chroma(picture.chroma_planes()) for picture in run), strict=True)
        far_bytes = Fraction(len(pack_far(far)), len(run)) * SEGMENT_FRAMES
        pictures = [Picture(stack) for stack in stacks]
        total += probed_bytes(codec, parameters.pictures, [pictures], frame_rate) + far_bytes
    return total
