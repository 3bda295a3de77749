"""Steadier color: the chroma of each frame averaged with that of the frame before, moved along the motion.

The motion is that of the gray, which is exact: DIS optical flow (T. Kroeger et al., "Fast Optical Flow using Dense
Inverse Search", 2016) as OpenCV has it. It differs between OpenCV's versions; nothing that must be exact depends on it.
Where the gray that was moved here is not the gray that is here, something was uncovered or lit, and the frame keeps
its own color; so a cut that nobody noticed does no harm.
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
"""Share of the frame before where the motion is certain: an average over about five frames."""
_TOLERANCE = np.float32(8)  # code values of gray by which a moved pixel may differ and still be half trusted
_LONGEST = 384  # of the pictures in which motion is looked for
_SMALLEST = 16  # below, there is no motion to be found


class Stabilizer:
    """Takes the pictures of a video in order.

    Args:
        conversion: of the video.
        strength: see :data:`STRENGTH`.
    """

    def __init__(self, conversion: ColorConversion, *, strength: float = STRENGTH) -> None:
        self._conversion = conversion
        self._strength = np.float32(strength)
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._previous: tuple[PlaneArray, F32Array] | None = None  # gray as looked at, chroma (rows, columns, 2)

    def begin_shot(self) -> None:
        """Forget the pictures before."""
        self._previous = None

    def __call__(self, picture: Picture) -> Picture:
        """The next picture with steadier chroma and the same gray."""
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
        flow = self._flow.calc(gray, previous_gray, None)  # (rows, columns, 2): x and y of where each pixel was
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
    """Samples at (rows, columns, 2) x and y; the edge goes on for ever."""
    sampled: F32Array = cv2.remap(planes, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return sampled
