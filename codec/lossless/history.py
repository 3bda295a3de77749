"""The earlier pictures of a segment, from which a coder of planes predicts the next one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codec.exact.grid import to_grid
from codec.lossless.known import I16Array, Known, limited, running_average
from codec.lossless.motion import BLOCK, SAMPLE_BITS, moved
from codec.lossless.parameters import EIGHT_BITS, SampleScale
from codec.native import known as native
from codec.native.library import library
from codec.video.picture import ChromaArray, PlaneArray
from codec.video.pixel_formats import PixelFormat


class _Planes:
    """The previous planes of a segment in quarters of a unit, and their running averages."""

    def __init__(self, scale: SampleScale) -> None:
        self._scale = scale
        self._planes: I16Array | None = None  # (2 x c, rows, columns): the previous planes, then their averages
        self._moved: I16Array | None = None  # the same, moved to the next picture

    def move(self, field: I16Array, block: tuple[int, int]) -> tuple[I16Array, I16Array]:
        """Move them to the next picture.

        Args:
            field: the motion from the previous picture, (rows, columns, 2) int16.
            block: rows and columns of samples in a block.

        Returns:
            The previous planes and the averages, (rows, columns, c) int16 each.

        Raises:
            ValueError: no picture was remembered yet.
        """
        if self._planes is None:
            raise ValueError("expected a picture before this one. Received: none")
        self._moved = moved(self._planes, field, block, self._scale.most)
        pixels = self._moved.transpose(1, 2, 0)
        count = pixels.shape[2] // 2
        return pixels[..., :count], pixels[..., count:]

    def remember(self, planes: Sequence[ChromaArray]) -> None:
        """Add the planes of a picture as the receiver has them: (rows, columns) each, in code values."""
        count, unit_bits = len(planes), self._scale.unit_bits
        if self._planes is None:
            self._planes = np.empty((2 * count, *planes[0].shape), np.int16)
        loaded = library()
        for index, plane in enumerate(planes):
            earlier = None if self._moved is None else self._moved[count + index]
            before, average = self._planes[index], self._planes[count + index]
            if loaded is None:
                before[:] = quarters(plane, unit_bits)
                average[:] = running_average(earlier, before)
            else:
                native.remembered(loaded, plane, unit_bits, earlier, (before, average))


class LumaHistory:
    """The earlier gray planes of a segment: the previous one, and a running average.

    Args:
        scale: of the samples.
    """

    def __init__(self, scale: SampleScale = EIGHT_BITS) -> None:
        self._luma = _Planes(scale)

    def known(self, field: I16Array) -> Known:
        """The prediction of the next picture from the earlier ones.

        Args:
            field: the motion from the previous picture, (rows, columns, 2) int16.

        Raises:
            ValueError: no picture was remembered yet.
        """
        base, average = self._luma.move(field, (BLOCK, BLOCK))
        gray = no_gray(base.shape)
        return Known(gray, gray, base, average, is_moved=True)

    def remember(self, luma: PlaneArray) -> None:
        """Add the picture as the receiver has it: (height, width) uint8, uint16 or int32."""
        self._luma.remember([luma])


class ChromaHistory:
    """The earlier chroma planes of a segment, and their gray.

    Args:
        pixel_format: the pixel format of the video.
        scale: of the samples.
    """

    def __init__(self, pixel_format: PixelFormat, scale: SampleScale = EIGHT_BITS) -> None:
        self._shifts = pixel_format.log2_chroma_h, pixel_format.log2_chroma_w
        self._scale = scale
        self._chroma = _Planes(scale)
        self._gray: I16Array | None = None

    def gray(self, luma: PlaneArray) -> I16Array:
        """Put a gray plane on the lattice of the chroma.

        Args:
            luma: (height, width) uint8, uint16 or int32.

        Returns:
            (rows, columns, g) int16 in quarters of a unit, less the middle of the range.
        """
        return self._on_lattice(luma)

    def known(self, luma: PlaneArray, field: I16Array) -> Known:
        """The prediction of the next picture's chroma from its gray and the earlier pictures.

        Args:
            luma: the gray of the picture, (height, width) uint8, uint16 or int32.
            field: the motion from the previous picture, (rows, columns, 2) int16.

        Raises:
            ValueError: no picture was remembered yet.
        """
        if self._gray is None:
            raise ValueError("expected a picture before this one. Received: none")
        moved_gray = moved(self._gray[None], field, (BLOCK, BLOCK), self._scale.most)[0]
        down, across = self._shifts
        coarse = field >> np.array(self._shifts, np.int16)
        base, average = self._chroma.move(coarse, (BLOCK >> down, BLOCK >> across))
        return Known(self.gray(luma), self._on_lattice(moved_gray), base, average, is_moved=True)

    def remember(self, luma: PlaneArray, chroma: tuple[ChromaArray, ChromaArray]) -> None:
        """Add the picture as the receiver has it: its gray, and its two chroma planes in code values."""
        self._gray = quarters(luma, self._scale.unit_bits)
        self._chroma.remember(chroma)

    def _on_lattice(self, gray: PlaneArray | I16Array) -> I16Array:
        """As :meth:`gray`, for code values or int16 in quarters of a unit."""
        block = 1 << self._shifts[0], 1 << self._shifts[1]
        step = 2 if block == (4, 4) else 1  # 4:1:0 has 16 gray samples for each chroma sample; the network sees four
        loaded = library()
        if loaded is None:
            return on_lattice(gray, block, step, self._scale)
        return native.on_lattice(loaded, gray, block, step, self._scale.unit_bits, self._scale.neutral)


def on_lattice(
    gray: PlaneArray | I16Array, block: tuple[int, int], step: int, scale: SampleScale = EIGHT_BITS
) -> I16Array:
    """The reference of :func:`codec.native.known.on_lattice`.

    Args:
        gray: (height, width), uint8, uint16 or int32 in code values, or int16 in quarters of a unit.
        block: rows and columns of gray samples for one point of the lattice.
        step: from one row or column of a point that is taken to the next.
        scale: of the samples.

    Returns:
        (rows, columns, g) int16 in quarters of a unit, less the middle of the range.
    """
    in_quarters = gray if gray.dtype == np.int16 else quarters(gray, scale.unit_bits)
    points = to_grid((in_quarters - np.int16(scale.neutral))[None, ..., None], block)[0]
    taken: I16Array = points.reshape(*points.shape[:2], *block)[..., ::step, ::step].reshape(*points.shape[:2], -1)
    return taken


def from_origin(plane: ChromaArray, origin: int) -> ChromaArray:
    """Count code values from an origin: int32 in the same shape; the plane itself if the origin is 0."""
    return plane.astype(np.int32) - np.int32(origin) if origin else plane


def no_gray(shape: tuple[int, ...]) -> I16Array:
    """An array without channels, (rows, columns, 0) int16: what stands for the gray when the gray itself is coded."""
    return np.zeros((shape[0], shape[1], 0), np.int16)


def quarters(plane: ChromaArray, unit_bits: int = 0) -> I16Array:
    """Convert code values to quarters of a unit of ``2**unit_bits``, rounded down and limited: int16, same shape."""
    return limited(plane.astype(np.int32) << SAMPLE_BITS >> unit_bits)
