"""What a coder of planes remembers from picture to picture."""

from __future__ import annotations

import numpy as np

from codec.exact.grid import to_grid
from codec.lossless.known import I16Array, Known, running_average
from codec.lossless.motion import BLOCK, SAMPLE_BITS, MotionCompensation
from codec.video.picture import ChromaArray, PlaneArray
from codec.video.pixel_formats import PixelFormat

_GRAY_NEUTRAL = 512  # in quarters of a code value
_FOUR_OF_SIXTEEN = (0, 2, 8, 10)  # of 4:1:0's gray samples for a chroma sample, four go to the network


class LumaHistory:
    """Gray planes of a segment.

    Args:
        compensation: moves planes.
    """

    def __init__(self, compensation: MotionCompensation) -> None:
        self._compensation = compensation
        self._before: I16Array | None = None
        self._average: I16Array | None = None

    def known(self, field: I16Array) -> Known:
        """What is known of the next picture, once there is one before."""
        if self._before is None or self._average is None:
            raise ValueError("expected a picture before this one. Received: none")
        moved = self._compensation(np.stack([self._before, self._average]), field, (BLOCK, BLOCK))
        self._average = moved[1]
        gray = no_gray(moved.shape[1:])
        return Known(gray, gray, moved[0][..., None], moved[1][..., None], is_moved=True)

    def remember(self, luma: PlaneArray) -> None:
        """The picture itself, as the receiver has it."""
        self._before = quarters(luma)
        self._average = running_average(self._average, self._before)


class ChromaHistory:
    """Chroma planes of a segment, and the gray that goes with them.

    Args:
        compensation: moves planes.
        pixel_format: of the video.
    """

    def __init__(self, compensation: MotionCompensation, pixel_format: PixelFormat) -> None:
        self._compensation = compensation
        self._shifts = pixel_format.log2_chroma_h, pixel_format.log2_chroma_w
        self._before: I16Array | None = None
        self._average: I16Array | None = None
        self._gray: I16Array | None = None

    def gray(self, luma: PlaneArray) -> I16Array:
        """A gray plane on the chroma's lattice: (rows, columns, g) int16."""
        return self._on_lattice(quarters(luma))

    def known(self, luma: PlaneArray, field: I16Array) -> Known:
        """What is known of the next picture, once there is one before."""
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
        """The picture itself, as the receiver has it."""
        self._gray = quarters(luma)
        self._before = np.stack([quarters(plane) for plane in chroma])
        self._average = running_average(self._average, self._before)

    def _on_lattice(self, gray: I16Array) -> I16Array:
        block = 1 << self._shifts[0], 1 << self._shifts[1]
        channels = to_grid((gray - np.int16(_GRAY_NEUTRAL))[None, ..., None], block)[0]
        lattice: I16Array = channels[..., _FOUR_OF_SIXTEEN] if channels.shape[2] == 16 else channels
        return lattice


def no_gray(shape: tuple[int, ...]) -> I16Array:
    """The gray of a lattice whose planes are the gray."""
    return np.zeros((shape[0], shape[1], 0), np.int16)


def quarters(plane: ChromaArray) -> I16Array:
    """Code values to quarters of a code value."""
    shifted: I16Array = plane.astype(np.int16) << SAMPLE_BITS
    return shifted
