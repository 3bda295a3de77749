"""Hints that are the chroma itself, to the last bit: how `lossless` sends it where no network pays.

Both planes travel as one picture, U above V, through a lossless codec of the gray. Co and Cg of RGB take 9 bits, which
FFV1 alone codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from codec.errors import InputError
from codec.hints.coder import HintParameters
from codec.hints.planes import CHROMA_OFFSET
from codec.luma import LumaEncoder, LumaSpec, luma_parameters, open_luma_encoder, probed_bytes
from codec.video.picture import ChromaArray, Picture, U8Array
from codec.video.pixel_formats import ColorModel, PixelFormat

CHROMA_CODECS = ("x264", "ffv1")
_CODECS_OF_RGB = ("ffv1",)


def stack_chroma(chroma: tuple[ChromaArray, ChromaArray]) -> ChromaArray:
    """One picture of both planes: (2 x rows, columns), uint8, or uint16 from 0 to 511 for Co and Cg."""
    stacked = np.concatenate(chroma)
    return stacked if stacked.dtype == np.uint8 else (stacked + CHROMA_OFFSET).astype(np.uint16)


def pictures_of_stacks(lumas_u8: Sequence[U8Array], stacks: Sequence[ChromaArray]) -> list[Picture]:
    """The pictures with this gray and, by the inverse of :func:`stack_chroma`, this chroma."""
    pictures = []
    for luma_u8, stack in zip(lumas_u8, stacks, strict=True):
        planes = stack if stack.dtype == np.uint8 else stack.astype(np.int16) - np.int16(CHROMA_OFFSET)
        rows = len(planes) // 2
        pictures.append(Picture(luma_u8, (planes[:rows], planes[rows:])))
    return pictures


def chroma_bit_depth(pixel_format: PixelFormat) -> int:
    """Bits of a chroma sample as it is sent: 8, and 9 for Co and Cg."""
    return 9 if pixel_format.model is ColorModel.RGB else 8


@dataclass(frozen=True)
class LosslessHints:
    """Chroma through a video codec.

    Attributes:
        codec: which one.
        parameters: for its decoder.
    """

    codec: LumaSpec
    parameters: HintParameters

    @classmethod
    def of(cls, name: str, pixel_format: PixelFormat, width: int, height: int) -> LosslessHints:
        """By the codec's name, for video of that size.

        Raises:
            InputError: the codec cannot code chroma of that format.
        """
        codecs = codecs_of(pixel_format)
        if name not in codecs:
            raise InputError(
                f"expected --chroma network or {' or '.join(codecs)} for {pixel_format.name}. Received: {name}"
            )
        codec = LumaSpec(name)
        rows, columns = pixel_format.chroma_shape(width, height)
        pictures = luma_parameters(codec, columns, 2 * rows, chroma_bit_depth(pixel_format))
        return cls(codec, HintParameters(scale=1, interval=1, pictures=pictures))

    def begin(self, frame_rate: Fraction) -> LumaEncoder:
        """An encoder of one segment's pictures from :func:`stack_chroma`."""
        return open_luma_encoder(self.codec, self.parameters.pictures, frame_rate)

    def probed_bytes(self, runs: Sequence[Sequence[Picture]], frame_rate: Fraction) -> Fraction:
        """Bytes of segments that go on as these runs of consecutive pictures do."""
        stacks = [[stack_chroma(picture.chroma_planes()) for picture in run] for run in runs]
        return probed_bytes(self.codec, stacks, frame_rate)


def codecs_of(pixel_format: PixelFormat) -> tuple[str, ...]:
    """Names of the codecs that chroma of that format can go through."""
    return _CODECS_OF_RGB if pixel_format.model is ColorModel.RGB else CHROMA_CODECS
