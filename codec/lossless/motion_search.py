"""Motion search in the sender. Every motion field decodes, and a better one makes a smaller file."""

from __future__ import annotations

import numpy as np

from codec.lossless.block_motion import coarse_field
from codec.lossless.motion import I16Array, field_shape
from codec.lossless.motion_trial import refined
from codec.native.library import library
from codec.native.motion_search import searched
from codec.video.picture import PlaneArray

_LEAST_SIDE = 16  # of a picture that is reduced


class MotionSearch:
    """Finds the motion field from each picture to the previous one.

    The search starts from three fields: no motion, the previous field, and a guess without vectors before it
    (:mod:`codec.lossless.block_motion`). It then refines the vectors with steps of two samples, one, a half and a
    quarter: a block takes the vector of a neighbor, or moves its own by one step, if that lowers its cost. The cost is
    the sum of absolute differences, plus the estimated bits for vectors that differ from those of the neighbors.
    """

    def __init__(self) -> None:
        self._last: I16Array | None = None

    def __call__(self, luma: PlaneArray, before: PlaneArray) -> I16Array:
        """Find the motion field of a picture.

        Args:
            luma: the gray of the picture, (height, width) uint8 or uint16.
            before: the gray of the previous picture, (height, width) of the same dtype.

        Returns:
            (rows, columns, 2) int16, as :func:`codec.lossless.motion.moved` takes it.
        """
        luma, before = _in_eight_bits(luma, before)
        shape = field_shape(*luma.shape)
        self._last = self._find(luma, before, shape)
        return self._last

    def _find(self, luma: PlaneArray, before: PlaneArray, shape: tuple[int, int, int]) -> I16Array:
        if np.array_equal(luma, before):  # no vector can be better than none
            return np.zeros(shape, np.int16)
        starts = [] if self._last is None or self._last.shape != shape else [self._last]
        if min(luma.shape) >= _LEAST_SIDE:
            starts.append(coarse_field(luma, before))
        loaded = library()
        return refined(luma, before, starts) if loaded is None else searched(loaded, luma, before, starts, shape)


def _in_eight_bits(luma: PlaneArray, before: PlaneArray) -> tuple[PlaneArray, PlaneArray]:
    """Two pictures for the search, uint8 in C order: deeper ones as finely as the range of their values allows."""
    if luma.dtype == np.uint8:
        return np.ascontiguousarray(luma), np.ascontiguousarray(before)
    low, high = min(int(luma.min()), int(before.min())), max(int(luma.max()), int(before.max()))
    shift = max((high - low).bit_length() - 8, 0)
    in_range = [((plane - np.uint16(low)) >> np.uint16(shift)).astype(np.uint8) for plane in (luma, before)]
    return in_range[0], in_range[1]
