"""Coders of gray and of chroma as adaptive planes, with the same methods as those of networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codec.lossless.adaptive.bits import BitDecoder, BitEncoder
from codec.lossless.adaptive.reference import ReferencePlanes
from codec.lossless.adaptive.tables import tables
from codec.lossless.motion import BLOCK, VECTOR_BITS
from codec.lossless.parameters import EIGHT_BITS, SampleScale
from codec.lossless.planes import chroma_range, unsigned_range
from codec.native.adaptive import AdaptiveLayout, AdaptiveLevel, NativeBits, NativePlanes
from codec.native.library import library
from codec.video.picture import ChromaArray, Picture, PlaneArray, block_sums, difference_dtype, sample_dtype
from codec.video.pixel_formats import ColorModel, PixelFormat

I16Array = npt.NDArray[np.int16]
I32Array = npt.NDArray[np.int32]


class _Session:
    """Planes and bits of one segment. Planes are made when their size is known.

    Args:
        level: of the planes.
        data: what to read; None to write.
    """

    def __init__(self, level: AdaptiveLevel, data: bytes | None) -> None:
        self._level = level
        self._bits = BitEncoder(level) if data is None else BitDecoder(level, data)
        self._planes: NativePlanes | ReferencePlanes | None = None

    def begin_run(self) -> None:
        """See :class:`codec.lossless.sessions.Session`: a picture without motion uses none before it."""

    @property
    def num_bytes(self) -> int:
        """See :class:`codec.lossless.sessions.Session`."""
        return self._bits.bits.num_bytes

    def finish(self) -> bytes:
        """See :class:`codec.lossless.sessions.Session`."""
        return self._bits.finish() or b""

    def _begin_picture(self, layout: AdaptiveLayout, vectors: I16Array | None, gray: I32Array | None) -> None:
        if self._planes is None:
            self._planes = _made(layout)
        self._planes.begin_picture(vectors, gray)

    def _code(self, component: int, samples: I32Array) -> None:
        planes, bits = self._planes, self._bits.bits
        if isinstance(bits, NativeBits):
            if isinstance(planes, NativePlanes):
                return planes.code(bits, component, samples)
        elif isinstance(planes, ReferencePlanes):
            return planes.code(bits, component, samples)
        raise TypeError(f"expected planes and bits of one engine. Received: {planes} and {bits}")


def _made(layout: AdaptiveLayout) -> NativePlanes | ReferencePlanes:
    loaded = library()
    return ReferencePlanes(layout, tables()) if loaded is None else NativePlanes(loaded, layout, tables())


@dataclass(frozen=True)
class AdaptiveLumaCoder:
    """Codes gray planes.

    Attributes:
        scale: of the samples; its units are those in which differences are counted.
        level: how much is done for a sample.
    """

    scale: SampleScale = EIGHT_BITS
    level: AdaptiveLevel = AdaptiveLevel.STANDARD

    def session(self, data: bytes | None = None) -> _LumaSession:
        """See :class:`codec.lossless.sessions.GrayCoder`."""
        return _LumaSession(self, data)


class _LumaSession(_Session):
    def __init__(self, coder: AdaptiveLumaCoder, data: bytes | None) -> None:
        super().__init__(coder.level, data)
        self._scale = coder.scale

    def code(self, luma: PlaneArray | None, shape: tuple[int, int], field: I16Array | None) -> PlaneArray:
        """See :class:`codec.lossless.sessions.LumaSession`."""
        allowed = unsigned_range(self._scale.depth)
        layout = AdaptiveLayout(
            *shape, 1, (BLOCK, BLOCK), allowed.low, allowed.high, self._scale.unit_bits, self._level
        )
        samples = np.zeros(shape, np.int32) if luma is None else luma.astype(np.int32, order="C")
        self._begin_picture(layout, _in_samples(field, (0, 0)), None)
        self._code(0, samples)
        found: PlaneArray = samples.astype(sample_dtype(self._scale.depth))
        return found


@dataclass(frozen=True)
class AdaptiveChromaCoder:
    """Codes chroma planes.

    Attributes:
        pixel_format: the pixel format of the video.
        scale: of the samples; its units are those in which differences are counted.
        level: how much is done for a sample.
    """

    pixel_format: PixelFormat
    scale: SampleScale = EIGHT_BITS
    level: AdaptiveLevel = AdaptiveLevel.STANDARD

    def session(self, data: bytes | None = None) -> _ChromaSession:
        """See :class:`codec.lossless.sessions.ColorCoder`."""
        return _ChromaSession(self, data)


class _ChromaSession(_Session):
    def __init__(self, coder: AdaptiveChromaCoder, data: bytes | None) -> None:
        super().__init__(coder.level, data)
        self._format, self._scale = coder.pixel_format, coder.scale

    def code(self, luma: PlaneArray, chroma: tuple[ChromaArray, ChromaArray] | None, field: I16Array | None) -> Picture:
        """See :class:`codec.lossless.sessions.ChromaSession`."""
        own, depth = self._format, self._scale.depth
        shifts = own.log2_chroma_h, own.log2_chroma_w
        shape = own.chroma_shape(luma.shape[1], luma.shape[0])
        allowed = chroma_range(own, depth)
        block = BLOCK >> shifts[0], BLOCK >> shifts[1]
        layout = AdaptiveLayout(*shape, 2, block, allowed.low, allowed.high, self._scale.unit_bits, self._level)
        self._begin_picture(layout, _in_samples(field, shifts), averaged(luma, shape, shifts))
        planes = []
        for component in range(2):
            samples = np.zeros(shape, np.int32) if chroma is None else chroma[component].astype(np.int32, order="C")
            self._code(component, samples)
            planes.append(samples)
        kind = difference_dtype(depth) if own.model is ColorModel.RGB else sample_dtype(depth)
        return Picture(luma, (planes[0].astype(kind), planes[1].astype(kind)))


def _in_samples(field: I16Array | None, shifts: tuple[int, int]) -> I16Array | None:
    """Vectors in whole samples of planes that have ``2**shift`` fewer rows and columns."""
    if field is None:
        return None
    bits = np.array(shifts, np.int32) + VECTOR_BITS
    rounded = (field.astype(np.int32) + (1 << (bits - 1))) >> bits
    return np.ascontiguousarray(rounded.astype(np.int16))


def averaged(luma: PlaneArray, shape: tuple[int, int], shifts: tuple[int, int]) -> I32Array:
    """The gray at the places of chroma samples: the rounded mean of the samples that each of them covers.

    Args:
        luma: (height, width) uint8 or uint16.
        shape: rows and columns of the chroma.
        shifts: log2 of the rows and of the columns of gray samples for each chroma sample.

    Returns:
        (rows, columns) int32.
    """
    down, across = 1 << shifts[0], 1 << shifts[1]
    below, right = shape[0] * down - luma.shape[0], shape[1] * across - luma.shape[1]
    whole = np.pad(luma, ((0, below), (0, right)), mode="edge") if below or right else luma
    sums: I32Array = block_sums(whole, down, across)
    bits = shifts[0] + shifts[1]
    return (sums + (1 << bits >> 1)) >> bits if bits else sums
