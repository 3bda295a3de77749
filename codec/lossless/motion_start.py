"""Where motion search starts besides the vectors it knows: a first guess from the two pictures alone.

Where OpenCV is installed the guess is its optical flow, else the coarse search of :mod:`codec.lossless.block_motion`.
This is the only choice in lossless coding that depends on what is installed. It changes the bytes of a file by
thousandths (docs/decisions/0017-start-of-motion-search.md), and no file needs it to be decoded.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from codec.extras import is_installed
from codec.lossless.block_motion import coarse_field
from codec.lossless.motion import BLOCK, VECTOR_BITS, I16Array, field_shape
from codec.lossless.motion_trial import MAX_VECTOR
from codec.native import block_motion as native
from codec.native.library import library
from codec.video.picture import PlaneArray

F32Array = npt.NDArray[np.float32]

_LEAST_SIDE = 16


def has_optical_flow() -> bool:
    """Whether OpenCV is installed, without importing it."""
    return is_installed("cv2")


class MotionStart:
    """Guesses the motion from each picture to the previous one.

    With OpenCV: T. Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016.
    """

    def __init__(self) -> None:
        self._flow = None
        if has_optical_flow():
            import cv2

            self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)

    def __call__(self, luma: PlaneArray, before: PlaneArray) -> I16Array | None:
        """Guess the motion.

        Args:
            luma: the gray of the picture, (height, width) uint8 in C order.
            before: the gray of the previous picture, (height, width) uint8 in C order.

        Returns:
            (rows, columns, 2) int16, in quarters of a sample; None for pictures too small to guess.
        """
        if min(luma.shape) < _LEAST_SIDE:
            return None
        if self._flow is None:
            return coarse_field(luma, before)
        flow = np.asarray(self._flow.calc(luma, before, None), np.float32)
        loaded = library()
        return flow_vectors(flow) if loaded is None else native.flow_vectors(loaded, np.ascontiguousarray(flow))


def flow_vectors(flow: F32Array) -> I16Array:
    """The vectors of blocks from optical flow: the medians, rounded.

    Args:
        flow: (height, width, 2) float32, across and down, in samples.

    Returns:
        (rows, columns, 2) int16, in quarters of a sample.
    """
    rows, columns, _ = field_shape(flow.shape[0], flow.shape[1])
    margins = ((0, rows * BLOCK - flow.shape[0]), (0, columns * BLOCK - flow.shape[1]), (0, 0))
    blocks = np.pad(flow, margins, mode="edge").reshape(rows, BLOCK, columns, BLOCK, 2)
    vectors = np.median(blocks, axis=(1, 3))[..., ::-1] * (1 << VECTOR_BITS)
    field: I16Array = np.rint(vectors).clip(-MAX_VECTOR, MAX_VECTOR).astype(np.int16)
    return field
