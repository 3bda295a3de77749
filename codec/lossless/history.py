"""The earlier pictures of a segment, from which a coder of planes predicts the next one."""

from __future__ import annotations

import numpy as np

from codec.exact.grid import to_grid
from codec.lossless.known import I16Array, Known, running_average
from codec.lossless.motion import BLOCK, SAMPLE_BITS, MotionCompensation
from codec.video.picture import ChromaArray, PlaneArray
from codec.video.pixel_formats import PixelFormat

_GRAY_NEUTRAL = 512  # in quarters of a code value
_FOUR_OF_SIXTEEN = (0, 2, 8, 10)  # 4:1:0 has 16 gray samples for each chroma sample; the network sees these four


class LumaHistory:
    """The earlier gray planes of a segment: the previous one, and a running average.

    Args:
        compensation: moves planes along a motion field.
    """

    def __init__(self, compensation: MotionCompensation) -> None:
        self._compensation = compensation
        self._before: I16Array | None = None
        self._average: I16Array | None = None

    def known(self, field: I16Array) -> Known:
        """The prediction of the next picture from the earlier ones.

        Args:
            field: the motion from the previous picture, (rows, columns, 2) int16.

        Raises:
            ValueError: no picture was remembered yet.
        """
        if self._before is None or self._average is None:
            raise ValueError("expected a picture before this one. Received: none")
        moved = self._compensation(np.stack([self._before, self._average]), field, (BLOCK, BLOCK))
        self._average = moved[1]
        gray = no_gray(moved.shape[1:])
        return Known(gray, gray, moved[0][..., None], moved[1][..., None], is_moved=True)

    def remember(self, luma: PlaneArray) -> None:
        """Add the picture as the receiver has it: (height, width) uint8."""
        self._before = quarters(luma)
        self._average = running_average(self._average, self._before)


class ChromaHistory:
    """The earlier chroma planes of a segment, and their gray.

    Args:
        compensation: moves planes along a motion field.
        pixel_format: the pixel format of the video.
    """

    def __init__(self, compensation: MotionCompensation, pixel_format: PixelFormat) -> None:
        self._compensation = compensation
        self._shifts = pixel_format.log2_chroma_h, pixel_format.log2_chroma_w
        self._before: I16Array | None = None
        self._average: I16Array | None = None
        self._gray: I16Array | None = None

    def gray(self, luma: PlaneArray) -> I16Array:
        """Put a gray plane on the lattice of the chroma.

        Args:
            luma: (height, width) uint8.

        Returns:
            (rows, columns, g) int16 in quarters of a code value, less 512.
        """
        return self._on_lattice(quarters(luma))

    def known(self, luma: PlaneArray, field: I16Array) -> Known:
        """The prediction of the next picture's chroma from its gray and the earlier pictures.

        Args:
            luma: the gray of the picture, (height, width) uint8.
            field: the motion from the previous picture, (rows, columns, 2) int16.

        Raises:
            ValueError: no picture was remembered yet.
        """
        if self._before is None or self._average is None or self._gray is None:
            raise ValueError("expected a picture before this one. Received: none")
        moved_gray = self._compensation(self._gray[None], field, (BLOCK, BLOCK))[0]
        down, across = self._shifts
        planes = np.concatenate([self._before, self._average])
        moved = self._compensation(planes, field >> np.array(self._shifts, np.int16), (BLOCK >> down, BLOCK >> across))
        self._average = moved[2:]
        base, average = (part.transpose(1, 2, 0) for part in (moved[:2], moved[2:]))
        return Known(self.gray(luma), self._on_lattice(moved_gray), base, average, is_moved=True)

    def remember(self, luma: PlaneArray, chroma: tuple[ChromaArray, ChromaArray]) -> None:
        """Add the picture as the receiver has it: its gray, and its two chroma planes in code values."""
        self._gray = quarters(luma)
        self._before = np.stack([quarters(plane) for plane in chroma])
        self._average = running_average(self._average, self._before)

    def _on_lattice(self, gray: I16Array) -> I16Array:
        block = 1 << self._shifts[0], 1 << self._shifts[1]
        channels = to_grid((gray - np.int16(_GRAY_NEUTRAL))[None, ..., None], block)[0]
        lattice: I16Array = channels[..., _FOUR_OF_SIXTEEN] if channels.shape[2] == 16 else channels
        return lattice


def no_gray(shape: tuple[int, ...]) -> I16Array:
    """An array without channels, (rows, columns, 0) int16: what stands for the gray when the gray itself is coded."""
    return np.zeros((shape[0], shape[1], 0), np.int16)


def quarters(plane: ChromaArray) -> I16Array:
    """Convert code values to int16 quarters of a code value, in the same shape."""
    shifted: I16Array = plane.astype(np.int16) << SAMPLE_BITS
    return shifted
