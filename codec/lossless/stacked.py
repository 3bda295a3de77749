"""Hints that are the chroma itself, to the last bit: how `lossless` sends it where no network pays.

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

from codec.errors import InputError, StreamError
from codec.hints.coder import HintParameters
from codec.plane_codecs import (
    SEGMENT_FRAMES,
    CodedRun,
    PlaneCodecSpec,
    open_plane_encoder,
    plane_parameters,
    probed_bytes,
)
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


class StackedChromaEncoder:
    """Codes the chroma of one segment.

    Args:
        hints: how.
        frame_rate: of the video.
    """

    def __init__(self, hints: StackedChroma, frame_rate: Fraction) -> None:
        self._encoder = open_plane_encoder(hints.codec, hints.parameters.pictures, frame_rate)
        self._far: list[BoolArray] = []

    def write(self, picture: Picture) -> None:
        """Take the next picture."""
        stack, is_far = stack_chroma(picture.chroma_planes())
        self._encoder.write(stack)
        self._far.append(is_far)

    def finish(self) -> tuple[CodedRun, bytes]:
        """The coded pictures, and what they cannot hold."""
        return self._encoder.finish(), pack_far(self._far)


@dataclass(frozen=True)
class StackedChroma:
    """Chroma through a video codec.

    Attributes:
        codec: which one.
        parameters: for its decoder.
    """

    codec: PlaneCodecSpec
    parameters: HintParameters

    @classmethod
    def of(cls, name: str, pixel_format: PixelFormat, width: int, height: int) -> StackedChroma:
        """By the codec's name, for video of that size.

        Raises:
            InputError: there is no such codec here.
        """
        if name not in CHROMA_CODECS:
            raise InputError(f"expected one of the codecs {', '.join(CHROMA_CODECS)} for chroma. Received: {name}")
        codec = PlaneCodecSpec(name)
        rows, columns = pixel_format.chroma_shape(width, height)
        return cls(codec, HintParameters(scale=1, interval=1, pictures=plane_parameters(codec, columns, 2 * rows)))

    def probed_bytes(self, runs: Sequence[Sequence[Picture]], frame_rate: Fraction) -> Fraction:
        """Bytes of segments that go on as these runs of consecutive pictures do."""
        total = Fraction(0)
        for run in runs:
            stacks, far = zip(*(stack_chroma(picture.chroma_planes()) for picture in run), strict=True)
            far_bytes = Fraction(len(pack_far(far)), len(run)) * SEGMENT_FRAMES
            total += probed_bytes(self.codec, [stacks], frame_rate) + far_bytes
        return total
