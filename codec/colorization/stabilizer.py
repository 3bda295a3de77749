"""The stabilizer: it averages the chroma of each frame with that of the frame before, moved along the motion.

The motion is estimated from the gray, which is exact, with OpenCV's DIS optical flow (T. Kroeger et al., "Fast Optical
Flow using Dense Inverse Search", 2016). It differs between OpenCV's versions; nothing that must be exact depends on it.
Where the moved gray of the frame before differs from the gray of the frame, something was uncovered or lit, and the
frame keeps its own color. For the same reason a cut that was not detected does no harm.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray, in_rgb_gamut
from codec.video.pixel_formats import ColorModel

F32Array = npt.NDArray[np.float32]

STRENGTH = 0.8
"""The weight of the frame before where the motion is certain. It makes an average over about five frames."""
_TOLERANCE = np.float32(8)  # in code values; at this difference of the moved gray, the trust is one half
_LONGEST = 384  # longest side, in samples, of the pictures in which motion is estimated
_SMALLEST = 16  # in samples; no motion is estimated if a side is shorter


class Stabilizer:
    """Stabilizes the color of a video's pictures, which it takes in order.

    Args:
        conversion: the color conversion of the video.
        strength: the weight of the frame before where the motion is certain, in [0, 1].
    """

    def __init__(self, conversion: ColorConversion, *, strength: float = STRENGTH) -> None:
        self._conversion = conversion
        self._strength = np.float32(strength)
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._previous: tuple[PlaneArray, F32Array] | None = None  # reduced gray, chroma (rows, columns, 2)

    def begin_shot(self) -> None:
        """Forget all previous pictures, since the next picture begins a shot."""
        self._previous = None

    def __call__(self, picture: Picture) -> Picture:
        """Return the next picture with stabilized chroma and the same gray."""
        chroma = np.stack([plane.astype(np.float32) for plane in picture.chroma_planes()], axis=-1)
        gray = _looked_at(picture.luma)
        if self._previous is not None and min(gray.shape) >= _SMALLEST:
            chroma = self._average(gray, chroma, *self._previous)
        self._previous = gray, chroma
        dtype = picture.chroma_planes()[0].dtype
        first, second = (np.rint(chroma[..., index]).astype(dtype) for index in range(2))
        steadier = Picture(picture.luma, (first, second))
        return in_rgb_gamut(steadier) if self._conversion.pixel_format.model is ColorModel.RGB else steadier

    def _average(
        self, gray: PlaneArray, chroma: F32Array, previous_gray: PlaneArray, previous_chroma: F32Array
    ) -> F32Array:
        # (rows, columns, 2): x and y displacement to the previous picture
        flow = self._flow.calc(gray, previous_gray, None)
        rows, columns = gray.shape
        here = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).astype(np.float32)
        moved_gray = _at(previous_gray.astype(np.float32), here + flow)
        trust = np.exp2(-np.square((moved_gray - gray) / _TOLERANCE))
        shape = chroma.shape[:2]
        scale = np.array([shape[1] / columns, shape[0] / rows], np.float32)
        flow = cv2.resize(flow, shape[::-1], interpolation=cv2.INTER_LINEAR) * scale
        trust = cv2.resize(trust, shape[::-1], interpolation=cv2.INTER_LINEAR)
        here = np.stack(np.meshgrid(np.arange(shape[1]), np.arange(shape[0])), axis=-1).astype(np.float32)
        share = (self._strength * trust)[..., None]
        averaged: F32Array = share * _at(previous_chroma, here + flow) + (1 - share) * chroma
        return averaged


def _looked_at(luma: PlaneArray) -> PlaneArray:
    height, width = luma.shape
    scale = min(1.0, _LONGEST / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    gray: PlaneArray = np.ascontiguousarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA))
    return gray


def _at(planes: F32Array, places: F32Array) -> F32Array:
    """Sample planes bilinearly at (rows, columns, 2) x and y positions. The edge is repeated beyond the planes."""
    sampled: F32Array = cv2.remap(planes, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return sampled
